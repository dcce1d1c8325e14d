import { Hono } from 'hono'
import { collectDefaultMetrics, Gauge, Registry as PrometheusRegistry } from 'prom-client'
import type { Env } from '../core/caller.ts'
import type { PushTargets } from '../core/push-targets.ts'

/** Counts at the moment they are asked for. */
export interface MetricsDeps {
  sessionCount: () => number
  viewerCount: () => number
  socketCount: () => number
  push: PushTargets
}

/**
 * `GET /metrics` for Prometheus. No label names a session, a pane or a device: names are content,
 * and they would make endless series.
 */
export function metricsRoutes(deps: MetricsDeps) {
  let registry: PrometheusRegistry | undefined
  return new Hono<Env>().get('/metrics', async (c) => {
    registry ??= makeRegistry(deps)
    return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType })
  })
}

/**
 * Made when someone first asks: the default metrics look at the event loop 100 times a second,
 * which is as much as a server of 100 idle sessions may cost in all.
 */
function makeRegistry(deps: MetricsDeps): PrometheusRegistry {
  const registry = new PrometheusRegistry()
  collectDefaultMetrics({ register: registry, prefix: 'dogwatch_' })
  const gauge = (name: string, help: string, count: () => number) =>
    new Gauge({
      name: `dogwatch_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(count())
      },
    })
  gauge('sessions', 'tmux sessions that are shown', deps.sessionCount)
  gauge('viewers', 'Open terminals', deps.viewerCount)
  gauge('sockets', 'Open WebSockets', deps.socketCount)
  gauge('push_targets', 'Places that notices are sent to', () => deps.push.status().targets)
  const failing = () => deps.push.status().failing.length
  gauge('push_failing', 'Those of them where no notice arrives', failing)
  return registry
}
