interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

interface Lane<Item, Answer> {
  queue: Waiting<Item, Answer>[];
  running: number;
}

export interface GroupLimits {
  /** Items of one call. */
  size: number;
  /** Calls of one tenant at a time. */
  perTenant: number;
  /** Calls of all tenants at a time: below the pool's size, so that nothing else waits for a connection. */
  inAll: number;
}

/**
 * Turns concurrent calls of one tenant into one call of many items, which share a round trip and a commit. Nothing waits
 * when idle; tenants take turns. A group that throws is sent again one by one, so one bad item spoils nobody else's.
 */
export class Grouped<Item, Answer> {
  private readonly lanes = new Map<string, Lane<Item, Answer>>();
  private running = 0;
  private scheduled = false;

  /** @param run  answers in the order of the items */
  constructor(
    private readonly run: (tenant: string, items: Item[]) => Promise<Answer[]>,
    private readonly limits: GroupLimits,
  ) {}

  submit(tenant: string, item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const lane = this.lanes.get(tenant) ?? { queue: [], running: 0 };
      lane.queue.push({ item, resolve, reject });
      this.lanes.set(tenant, lane);
      this.schedule();
    });
  }

  /** Once per turn of the event loop, so that what arrived together goes together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.drain();
    });
  }

  private drain(): void {
    for (const [tenant, lane] of this.lanes) {
      if (this.running >= this.limits.inAll) return;
      if (lane.running >= this.limits.perTenant || lane.queue.length === 0) continue;
      // Back of the line: the next free place is another tenant's.
      this.lanes.delete(tenant);
      this.lanes.set(tenant, lane);
      void this.send(tenant, lane, lane.queue.splice(0, this.limits.size));
    }
  }

  private async send(tenant: string, lane: Lane<Item, Answer>, group: Waiting<Item, Answer>[]): Promise<void> {
    this.running++;
    lane.running++;
    const outcome = await this.run(
      tenant,
      group.map((waiting) => waiting.item),
    ).then(
      (answers) => ({ answers, error: null }),
      (error: unknown) => ({ answers: null, error }),
    );
    this.running--;
    lane.running--;
    if (lane.running === 0 && lane.queue.length === 0) this.lanes.delete(tenant);
    // The next call goes out before this one's answers are handed on: the database works while we write them.
    this.drain();
    if (outcome.answers) deliver(group, outcome.answers);
    else if (group.length === 1) group[0]?.reject(outcome.error);
    else for (const waiting of group) await this.send(tenant, lane, [waiting]);
  }
}

function deliver<Item, Answer>(group: Waiting<Item, Answer>[], answers: Answer[]): void {
  group.forEach((waiting, i) => {
    const answer = answers[i];
    if (answer === undefined) waiting.reject(new Error("A grouped call answered fewer items than it was given."));
    else waiting.resolve(answer);
  });
}
