import { engineContract } from '../../support/engine-contract.ts';
import { fakeEngine } from '../../support/fake-engine.ts';

engineContract('the in-memory engine', () => Promise.resolve(fakeEngine()));
