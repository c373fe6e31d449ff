import { expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { startSlice } from '../support/slice.ts';

/** Two directories of copies, one an hour older than the other. */
const code = `
import json, os, pathlib, tempfile, time
from vcluster_slice import move_into
top = pathlib.Path(tempfile.mkdtemp())
for name in ("source", ".vcluster-box-cp-left/sub"):
    (top / name).mkdir(parents=True)
(top / "source/file").touch()
move_into.move_into(top / "source", top)
first = sorted(os.listdir(top))
now = time.time()
move_into.time.time = lambda: now + 3601
(top / "source").mkdir()
move_into.move_into(top / "source", top)
print(json.dumps([first, sorted(os.listdir(top))]))
`;

it.skipIf(!dockerAvailable)('a copy removes what killed copies left in its target an hour ago', async () => {
  await using slice = await startSlice({ idle: true });
  expect(JSON.parse(await python(slice, code))).toEqual([['.vcluster-box-cp-left', 'file'], ['file']]);
});
