import { boot, explainAndExit, stopOnSignal } from "./boot";

/** The scheduler alone: deadlines, escalation, deliveries. Any number may run beside the servers. */
boot("licet_worker")
  .then((running) => {
    stopOnSignal(() => running.stop());
    console.log("Licet's worker is running: deadlines, escalation, deliveries.");
  })
  .catch(explainAndExit);
