import { PageFrame } from '../../ui/PageFrame.tsx'
import { DeviceSettings } from './DeviceSettings.tsx'
import { HookSettings } from './HookSettings.tsx'
import { MemorySettings } from './MemorySettings.tsx'
import { NoticeSettings } from './NoticeSettings.tsx'
import { ServerFacts, StorageFacts } from './ServerFacts.tsx'
import { WebhookSettings } from './WebhookSettings.tsx'
import '../../style/form.css'
import '../../style/settings.css'

/** What can be set, on this device and on the server, and how both do. */
export function SettingsPage() {
  return (
    <PageFrame title="Settings">
      <DeviceSettings />
      <NoticeSettings />
      <WebhookSettings />
      <MemorySettings />
      <StorageFacts />
      <HookSettings />
      <ServerFacts />
    </PageFrame>
  )
}
