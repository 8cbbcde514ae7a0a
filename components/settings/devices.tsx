"use client";
import { useQueryClient } from "@tanstack/react-query";
import { FormFailure } from "@/components/ui/form-failure";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { ListedDevice } from "@/lib/notifications/devices";
import { api, messageOf } from "@/lib/client/api";
import { keys } from "@/lib/client/keys";
import { turnPushOff, turnPushOn, type PushState } from "@/lib/client/push";
import { useDevices, useThisBrowser } from "@/lib/client/use-devices";
import { useForm } from "@/lib/client/use-form";

/** After so many pushes that a device never confirmed it cannot be relied on. */
const DOUBTFUL = 3;

const OUTCOMES: Record<string, string> = {
  sent: "Sent. It should show within seconds.",
  gone: "That device is gone: its browser no longer takes pushes. It was forgotten.",
  retry: "The push service did not answer. Try again in a minute.",
  failed: "The push service refused it. Forget the device and add it again.",
};

/**
 * The devices that wake a person for high risk. Explained first, asked for then.
 * @param decides  whether anything could ever wait for this person
 */
export function Devices({ initial, decides }: { initial: { items: ListedDevice[]; public_key: string }; decides: boolean }) {
  const { data } = useDevices(initial);
  const here = useThisBrowser();
  const client = useQueryClient();
  const say = useToast();
  const { busy, failure, send } = useForm();
  const listed = data.items.some((device) => device.id === here?.id);
  const refresh = () => client.invalidateQueries({ queryKey: keys.devices });
  const turnOn = () =>
    send(async () => {
      await turnPushOn(data.public_key);
      say("This browser will be woken for high risk.");
    }).then(refresh);
  const forget = (device: ListedDevice) =>
    send(async () => {
      if (device.id === here?.id) await turnPushOff();
      else await api(`/devices/${device.id}`, { method: "DELETE" });
      say(`${device.label || "The device"} was forgotten.`);
    }).then(refresh);
  const test = async (device: ListedDevice) => {
    try {
      const { outcome } = await api<{ outcome: string }>(`/devices/${device.id}/test`, { method: "POST" });
      say(OUTCOMES[outcome] ?? outcome, outcome === "sent" ? undefined : "bad");
    } catch (error) {
      say(messageOf(error), "bad");
    }
    void refresh();
  };
  return (
    <section className="card" id="devices">
      <div className="sec">
        <h2 className="label">
          Devices that wake you <span>high risk only</span>
        </h2>
        <p>
          When a high-risk request waits for you, Licet can push to this browser, even while it is closed. The lock screen shows that
          something waits and until when, never what. Everything is encrypted for this device alone.
        </p>
        {decides ? (
          <State state={here && (here.state === "on" && !listed ? "off" : here.state)} busy={busy} onTurnOn={() => void turnOn()} />
        ) : (
          <p className="note mt-3">Your roles never decide, so nothing is pushed to you.</p>
        )}
        <FormFailure text={failure} />
      </div>
      {data.items.length ? (
        <table className="rows">
          <thead>
            <tr>
              <th>Device</th>
              <th className="hide">Last sent</th>
              <th>Last shown</th>
              <th>
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((device) => (
              <tr key={device.id}>
                <td>
                  <b>{device.label || "A device"}</b>
                  {device.id === here?.id ? <span className="muted"> this browser</span> : null}
                  {device.unconfirmed >= DOUBTFUL ? (
                    <p className="note bad">It has not shown the last {device.unconfirmed} pushes. Test it, or add it again.</p>
                  ) : null}
                </td>
                <td className="hide">{device.sent_at ? <Time iso={device.sent_at} style="day" /> : "never"}</td>
                <td>{device.received_at ? <Time iso={device.received_at} style="day" /> : "never"}</td>
                <td className="n">
                  <button type="button" className="btn small" onClick={() => void test(device)}>
                    Test
                  </button>{" "}
                  <button type="button" className="btn small quiet" disabled={busy} onClick={() => void forget(device)}>
                    Forget
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}

function State({ state, busy, onTurnOn }: { state: PushState | undefined; busy: boolean; onTurnOn: () => void }) {
  if (state === undefined) return null;
  if (state === "on") return <p className="note ok mt-3">This browser takes pushes.</p>;
  if (state === "off") {
    return (
      <p className="acts mt-3">
        <button type="button" className="btn small primary" disabled={busy} onClick={onTurnOn}>
          Let this browser wake me
        </button>
        <span className="muted">Your browser asks for permission next.</span>
      </p>
    );
  }
  return <p className="note mt-3">{STATES[state]}</p>;
}

const STATES: Record<Exclude<PushState, "on" | "off">, string> = {
  unsupported: "This browser cannot be pushed to. Another browser, or your phone, may.",
  "needs-home-screen":
    "On an iPhone or iPad add Licet to the home screen first (Share, Add to Home Screen), open it there, and come back to this page.",
  denied: "This browser was told not to allow notifications from here. Allow them in its site settings, then reload this page.",
};
