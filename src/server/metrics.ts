/** Prometheus metrics of a served component. To add one, add it here. */
import type { Registry } from 'prom-client';
import type { Executor } from './executor.js';

/** What is counted, and how it is read. */
export interface Metrics {
  readonly contentType: string;
  /** Everything, as Prometheus reads it. */
  readonly render: () => Promise<string>;
  /** Note an answer: the route (not the path: that is the client's to choose), its status, and the time it took. */
  readonly observe: (route: string, status: number, seconds: number) => void;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

type Kinds = Pick<typeof import('prom-client'), 'Counter' | 'Gauge'>;

function watchWorkers(executor: Executor, { Counter, Gauge }: Kinds, registers: Registry[]): void {
  new Gauge({
    name: 'cotangent_workers_loaded',
    help: 'How many workers have the component loaded.',
    registers,
    collect() {
      this.set(executor.workers?.loaded ?? 0);
    },
  });
  new Counter({
    name: 'cotangent_worker_load_failures_total',
    help: 'How often a worker could not load the component.',
    registers,
    collect() {
      this.reset();
      this.inc(executor.workers?.failures ?? 0);
    },
  });
}

/** The metrics of what `executor` runs, and of the process. */
export async function startMetrics(executor: Executor): Promise<Metrics> {
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'cotangent_request_seconds',
    help: 'How long requests took, from their first byte to the end of the answer.',
    labelNames: ['route', 'status'],
    buckets: SECONDS,
    registers,
  });
  const gauges = {
    running: 'How many requests run.',
    waiting: 'How many requests wait for a worker.',
  } as const;
  for (const key of ['running', 'waiting'] as const) {
    new Gauge({
      name: `cotangent_requests_${key}`,
      help: gauges[key],
      registers,
      collect() {
        this.set(executor.load[key]);
      },
    });
  }
  new Counter({
    name: 'cotangent_workers_replaced_total',
    help: 'How many workers had to be replaced.',
    registers,
    collect() {
      this.reset();
      this.inc(executor.replaced);
    },
  });
  if (executor.workers) watchWorkers(executor, { Counter, Gauge }, registers);
  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    observe: (route, status, time) => seconds.observe({ route, status: String(status) }, time),
  };
}
