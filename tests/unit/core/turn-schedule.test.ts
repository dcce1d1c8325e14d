import { expect, test } from 'playwright/test'
import { TurnSchedule } from '../../../server/core/turn-schedule.ts'

const EVERY = 30_000

test('every running turn is due once per interval, first within one of its start', () => {
  const turns = new TurnSchedule()
  turns.open('a', 3, 1_000, EVERY)
  const times: number[] = []
  for (let now = 1_000; now < 1_000 + 10 * EVERY; now += 100) {
    for (const due of turns.takeDue(now, EVERY)) {
      expect(due).toEqual({ agent: 'a', generation: 3 })
      times.push(now)
    }
  }
  expect(times[0]).toBeLessThanOrEqual(1_000 + EVERY)
  expect(times).toHaveLength(10)
  turns.close('a')
  expect(turns.nextAt()).toBeUndefined()
  expect(turns.takeDue(1e9, EVERY)).toEqual([])
})

test('the start of a turn is not followed by a look within half an interval, whenever it begins', () => {
  for (let at = 0; at < 2 * EVERY; at += 1_000) {
    const turns = new TurnSchedule()
    for (let agent = 0; agent < 20; agent += 1) turns.open(`p${agent}-1x-abc`, 1, at, EVERY)
    expect(turns.takeDue(at + EVERY / 2 - 1, EVERY)).toEqual([])
    expect(turns.takeDue(at + EVERY, EVERY)).toHaveLength(20)
  }
})

test('turns that begin at the same moment are not looked at in the same moment', () => {
  const turns = new TurnSchedule()
  for (let agent = 0; agent < 50; agent += 1) turns.open(`p${agent}-1x-abc`, 1, 0, EVERY)
  let most = 0
  for (let now = 0; now <= EVERY; now += 1_000) {
    most = Math.max(most, turns.takeDue(now, EVERY).length)
  }
  expect(most).toBeLessThanOrEqual(10)
})

test('a machine that slept looks once, not once for each interval that it missed', () => {
  const turns = new TurnSchedule()
  turns.open('a', 1, 0, EVERY)
  expect(turns.takeDue(100 * EVERY, EVERY)).toHaveLength(1)
  expect(turns.takeDue(100 * EVERY + 1, EVERY)).toHaveLength(0)
})
