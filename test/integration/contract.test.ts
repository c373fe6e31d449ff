import { dockerAvailable, testEngine } from '../support/docker-available.ts';
import { engineContract } from '../support/engine-contract.ts';

engineContract('a container engine', testEngine, !dockerAvailable);
