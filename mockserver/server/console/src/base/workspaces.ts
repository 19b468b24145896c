// The workspaces of the mock, and which one is shown.
import { computed, signal } from '@preact/signals'
import { control } from './call'
import { workspace } from './keep'
import type { components } from '../wire/control.gen'

export type Workspace = components['schemas']['Workspace']

export const workspaces = signal<Workspace[]>([])

/** The workspace that is shown; undefined until the list is read. */
export const current = computed(() => workspaces.value.find((w) => w.domain === workspace.value) ?? workspaces.value[0])

/** Reads the list. When the workspace that was chosen has gone, the default one is shown. */
export async function readWorkspaces() {
  const list = await control('get', '/workspaces', { query: { workspace: '' } as never })
  workspaces.value = list.data
  if (!list.data.some((w) => w.domain === workspace.value)) workspace.value = ''
}
