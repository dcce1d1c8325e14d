import type { Component } from 'solid-js'
import type { PageName, ViewName } from '../state/place.ts'
import { part } from '../ui/part.tsx'
import type { ViewProps } from './view.ts'

interface View {
  label: string
  component: Component<ViewProps>
}

/** The views beside the terminal, each with code of its own: nobody waits for it at the start. */
export const VIEWS: Partial<Record<Exclude<ViewName, 'terminal'>, View>> = {
  conversation: {
    label: 'Conversation',
    component: part('Conversation', () => import('./conversation/Conversation.tsx')),
  },
  timeline: {
    label: 'Timeline',
    component: part('Timeline', () => import('./timeline/Timeline.tsx')),
  },
  changes: {
    label: 'Changes',
    component: part('Changes', () => import('./changes/Changes.tsx')),
  },
}

/** Pages that stand where the terminals do. */
export const PAGES: Partial<Record<PageName, Component>> = {
  recovery: part('Recovery', () => import('./recovery/Recovery.tsx')),
  search: part('Search', () => import('./search/Search.tsx')),
  settings: part('SettingsPage', () => import('./settings/SettingsPage.tsx')),
  wall: part('Wall', () => import('./wall/Wall.tsx')),
}
