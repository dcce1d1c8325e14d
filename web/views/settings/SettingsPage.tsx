import { PageFrame } from '../../ui/PageFrame.tsx'
import { DeviceSettings } from './DeviceSettings.tsx'
import { HookSettings } from './HookSettings.tsx'
import { NoticeSettings } from './NoticeSettings.tsx'
import { ServerFacts, StorageFacts } from './ServerFacts.tsx'
import { ServerSettings } from './ServerSettings.tsx'
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
      <ServerSettings />
      <StorageFacts />
      <HookSettings />
      <ServerFacts />
    </PageFrame>
  )
}
