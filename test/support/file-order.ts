import { createHash } from 'node:crypto';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take minutes. They start first, because otherwise a worker runs one while the others have nothing to do.
 */
const longest = ['e2e/qa.', 'e2e/hosts.', 'slice/several.', 'e2e/rootless.', 'slice/storage', 'slice/many-nodes.'];

/**
 * Runs files in a random order, so that none depends on what another one leaves. `--sequence.seed` repeats the order of
 * an earlier run.
 */
export class FileOrder extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence;
    this.ctx.logger.log(`Order of files: --sequence.seed=${seed}`);
    const place = ({ moduleId }: TestSpecification) => {
      const path = moduleId.slice(this.ctx.config.root.length);
      const index = longest.findIndex((name) => path.includes(`/${name}`));
      const random = createHash('sha256').update(`${seed}${path}`).digest('hex');
      return `${index === -1 ? longest.length : index} ${random}`;
    };
    return Promise.resolve(files.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)));
  }
}
