import { z } from 'zod';
import type { Plan } from '../../src/plan/plan.ts';

const address = z.ipv4();
const names = z
  .array(z.hostname())
  .min(1)
  .describe('The first is the full name; the others are aliases in /etc/hosts.')
  .readonly();
const namedAddress = z.strictObject({ names, address });
const whole = z.int().min(1);

const resources = z.strictObject({
  memoryMiB: whole,
  ownMemoryMiB: z.int().min(0).describe("Of that, what the node's own system takes; Ganeti calls it mnode."),
  cpus: whole,
  ownCpus: z.int().min(0).describe("Of these, how many the node's own system takes; Ganeti calls it cnos."),
  diskMiB: whole.describe('For the files of instances of template file.'),
});

const slice = z.strictObject({
  number: whole,
  address: address.nullable().describe('Its own address in the overlay, in `network.subnet`; null on one host.'),
  endpoint: z.string().min(1).describe('How its engine is reached, as the user wrote it; never a key.'),
  engine: z.string().describe("The engine's own id; empty in the image's plan."),
  underlay: z
    .strictObject({ address: z.string().min(1), port: whole.max(65_535) })
    .nullable()
    .describe('Where VXLAN packets for it go: address or name, and UDP port; null without a VXLAN.'),
});

/** The format of `plan.json`, the source of `docs/plan.schema.json`. */
export const planSchema: z.ZodType<Plan> = z
  .strictObject({
    version: z.literal(1).describe('Of this format.  A slice refuses one that it does not know.'),
    slice: whole.describe("This slice's number, from 1."),
    cluster: namedAddress.describe("The cluster's name and address, which is the master's."),
    directory: z.string().startsWith('/').describe('The cluster directory: parent of all node directories.'),
    network: z.strictObject({
      subnet: z.cidrv4().describe('All addresses of the cluster are in it.'),
      device: z.string().describe('The device in the slice that gets the addresses: lo, vc0 or eth0.'),
      secondarySubnet: z
        .cidrv4()
        .exactOptional()
        .describe("The nodes' secondary addresses are in it; they have none unless it is said."),
      bridges: z
        .array(z.strictObject({ name: z.string().min(1).max(15), subnet: z.cidrv4().exactOptional() }))
        .exactOptional()
        .describe('Bridges for instances, and the networks of instances on them, in addition to xen-br0.')
        .readonly(),
    }),
    overlay: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('vxlan'), vni: whole.max(2 ** 24 - 1) }),
        z.strictObject({ kind: z.literal('flat') }),
      ])
      .nullable()
      .describe('The network between the slices of a cluster on several hosts; null on one host.'),
    slices: z.array(slice).min(1).describe('All slices, in the order of their numbers.').readonly(),
    groups: z
      .array(
        z.strictObject({
          name: z.string().min(1),
          allocPolicy: z.enum(['preferred', 'last_resort', 'unallocable']),
        }),
      )
      .min(1)
      .describe('Node groups. The one of the first node is the one that gnt-cluster init makes.')
      .readonly(),
    nodes: z
      .array(
        namedAddress.extend({
          slice: whole.describe('Number of the slice that it runs in.'),
          secondaryAddress: address.exactOptional().describe('Its address in `network.secondarySubnet`.'),
          group: z.string().min(1).describe("Ganeti's node group, one of `groups`."),
          resources: resources.describe('What Ganeti is to find in it: simulated, and less what runs on it.'),
          masterCapable: z.boolean().exactOptional().describe('Whether it can become master: true unless it is said.'),
          vmCapable: z.boolean().exactOptional().describe('Whether it can have instances: true unless it is said.'),
          drained: z.boolean().exactOptional().describe('False unless it is said.'),
          offline: z.boolean().exactOptional().describe('False unless it is said.'),
        }),
      )
      .min(1)
      .max(1000)
      .describe('The first is the first master.')
      .readonly(),
    newNodes: resources.describe('Resources of nodes that are added later, unless the user gives others.'),
    instances: z
      .array(
        namedAddress.extend({
          node: z
            .hostname()
            .exactOptional()
            .describe('Node on which one of that name is made, and started, when the cluster begins.'),
        }),
      )
      .describe('Names for instances, reserved in /etc/hosts.')
      .readonly(),
    newInstances: z
      .strictObject({
        os: z.string().min(1).describe('What Ganeti calls an OS: the scripts that would install it.'),
        memoryMiB: whole,
        vcpus: whole,
      })
      .describe('What the instances are like that are made when the cluster begins.'),
    init: z
      .array(z.string())
      .describe("Arguments of gnt-cluster init, all but the last, which is the cluster's name.")
      .readonly(),
    rapi: z.strictObject({
      port: whole.max(65_535).describe('TCP port on the cluster address and, in the slice, on every other.'),
      publishedPort: whole.max(65_535).describe('TCP port of the container that leads to RAPI.'),
      user: z.string().min(1),
      names: z
        .array(z.string().min(1))
        .min(1)
        .describe('Names and addresses for its certificate; the first is the subject.'),
    }),
    needs: z
      .strictObject({
        memoryMiB: whole,
        diskMiB: whole,
        inotifyInstances: whole,
        perNode: z
          .strictObject({ memoryMiB: whole, diskMiB: whole })
          .describe(
            'Of the above, what each node is reckoned with: a slice that takes fewer nodes needs so much less.',
          ),
      })
      .describe('What the slice must find when it starts.'),
    watcher: z
      .strictObject({ intervalSeconds: z.number().positive() })
      .nullable()
      .describe('How often ganeti-watcher runs on each node; null: not at all.'),
    expires: z.iso.datetime().nullable().describe('When the slice ends itself; null: never.'),
    provision: z
      .literal(false)
      .exactOptional()
      .describe('False: the slice boots without a cluster, and leaves it to others to make one.'),
  })
  .meta({ title: 'Plan of a vcluster-box slice' });
