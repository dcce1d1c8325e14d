import { type Component, lazy } from 'solid-js'
import type { PageName, ViewName } from '../state/place.ts'
import type { ViewProps } from './view.ts'

interface View {
  label: string
  component: Component<ViewProps>
}

/** The views beside the terminal, each with code of its own: nobody waits for it at the start. */
export const VIEWS: Partial<Record<Exclude<ViewName, 'terminal'>, View>> = {
  conversation: {
    label: 'Conversation',
    component: lazy(async () => ({
      default: (await import('./conversation/Conversation.tsx')).Conversation,
    })),
  },
  timeline: {
    label: 'Timeline',
    component: lazy(async () => ({ default: (await import('./timeline/Timeline.tsx')).Timeline })),
  },
  changes: {
    label: 'Changes',
    component: lazy(async () => ({ default: (await import('./changes/Changes.tsx')).Changes })),
  },
}

/** Pages that stand where the terminals do. */
export const PAGES: Partial<Record<PageName, Component>> = {
  recovery: lazy(async () => ({ default: (await import('./recovery/Recovery.tsx')).Recovery })),
  search: lazy(async () => ({ default: (await import('./search/Search.tsx')).Search })),
  settings: lazy(async () => ({
    default: (await import('./settings/SettingsPage.tsx')).SettingsPage,
  })),
  wall: lazy(async () => ({ default: (await import('./wall/Wall.tsx')).Wall })),
}
