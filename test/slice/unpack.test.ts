import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerAvailable } from '../support/docker-available.ts';
import { python } from '../support/slice-python.ts';
import { type Slice, startSlice } from '../support/slice.ts';

/** An archive of a file with holes, links to it, and a directory. */
const setUp = `
import io, json, os, pathlib, tarfile, tempfile, time
from vcluster_slice import move_into, unpack
top = pathlib.Path(tempfile.mkdtemp())
disk = b"begin" + bytes(8 * 2**20) + b"end" + bytes(2**20)
def entry(name, **options):
    made = tarfile.TarInfo(name)
    made.mtime, made.mode = 10**9, 0o640
    for key, value in options.items():
        setattr(made, key, value)
    return made
def archive():
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        tar.addfile(entry("new", type=tarfile.DIRTYPE, mode=0o555))
        tar.addfile(entry("new/disk", size=len(disk)), io.BytesIO(disk))
        tar.addfile(entry("new/link", type=tarfile.SYMTYPE, linkname="nowhere"))
        tar.addfile(entry("new/same", type=tarfile.LNKTYPE, linkname="new/disk"))
    return made.getvalue()
`;

const unpacksIt = `
unpack.unpack(io.BytesIO(archive()), top)
facts = [os.lstat(top / name) for name in ("new", "new/disk", "new/link")]
print(json.dumps({
    "times": [fact.st_mtime for fact in facts], "modes": [oct(fact.st_mode & 0o7777) for fact in facts[:2]],
    "same": (top / "new/disk").read_bytes() == disk, "links": facts[1].st_nlink, "to": os.readlink(top / "new/link"),
    "written": facts[1].st_blocks * 512, "all": sorted(os.listdir(top)),
}))
`;

/** Each is cut: after the second entry, in its content, and before the end of the archive. */
const cutsIt = `
whole, said = archive(), []
for length in (0, 512, 1024 + len(disk) // 2, 1024 + (len(disk) + 511) // 512 * 512, whole.rindex(b"new/same")):
    try:
        unpack.unpack(io.BytesIO(whole[:length]), top)
    except unpack.Incomplete as error:
        said.append(str(error))
print(json.dumps([said, os.listdir(top)]))
`;

const leavesIt = `
(top / ".vcluster-box-cp-left/sub").mkdir(parents=True)
found = []
for now in (time.time(), time.time() + 3601):
    move_into.time.time = lambda: now
    unpack.unpack(io.BytesIO(archive()), top)
    found.append(sorted(os.listdir(top)))
print(json.dumps(found))
`;

describe.skipIf(!dockerAvailable)('what a copy sends to a slice', () => {
  let slice: Slice;
  beforeAll(async () => {
    slice = await startSlice({ idle: true });
  }, 120_000);
  afterAll(() => slice[Symbol.asyncDispose]());

  const run = async (code: string) => JSON.parse(await python(slice, setUp + code)) as unknown;

  it('keeps its holes, modes, times and links', async () => {
    expect(await run(unpacksIt)).toEqual({
      times: [1e9, 1e9, 1e9],
      modes: ['0o555', '0o640'],
      same: true,
      links: 2,
      to: 'nowhere',
      written: 2 * 65_536,
      all: ['new'],
    });
  });

  it('is removed when it is incomplete, wherever it ends', async () => {
    expect(await run(cutsIt)).toEqual([Array(5).fill('the archive is incomplete'), []]);
  });

  it('replaces what killed copies left in its target an hour ago', async () => {
    expect(await run(leavesIt)).toEqual([['.vcluster-box-cp-left', 'new'], ['new']]);
  });

  it('is refused with a message, after all of it was read, when it cannot be written', async () => {
    const { status, stderr } = await slice.run(['vcluster-slice', 'unpack', '/none'], { stdin: 'x'.repeat(300_000) });
    expect([status, stderr]).toEqual([1, 'cannot write into /none: no such file or directory\n']);
  });
});
