import { loadOrCreateCa, readCsr } from "@flotilla/trust/ca";
import { createCsr, createDeviceKeyAndCsr } from "@flotilla/trust/verify";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Identity } from "../../src/effects/identity-store.ts";
import { AgentProcess, eventually } from "../agent-process.ts";
import { assign } from "../make-release.ts";
import { check, type FaultCase, type FaultWorld } from "./fault-world.ts";

const DAY_MS = 86_400_000;

async function identityOf(world: FaultWorld): Promise<Identity> {
  return JSON.parse(await readFile(join(world.data, "identity/identity.json"), "utf8")) as Identity;
}

/** The server knows the device by its key. */
async function introduce(world: FaultWorld, identity: Identity): Promise<void> {
  const { keySha256 } = await readCsr(createCsr(identity.privateKeyPem).csrPem);
  world.server.devices.set(keySha256, identity.deviceId);
}

/** Gives the device a certificate that ended ten days ago. */
async function expire(world: FaultWorld): Promise<Identity> {
  const identity = await identityOf(world);
  const ca = await loadOrCreateCa(`${world.root}/server/ca`, () => new Date(Date.now() - 100 * DAY_MS));
  const { certificatePem } = await ca.issueDevice(createCsr(identity.privateKeyPem).csrPem, identity.deviceId, 90);
  await writeFile(join(world.data, "identity/identity.json"), JSON.stringify({ ...identity, certificatePem }));
  return identity;
}

async function refuse(world: FaultWorld, code: string, status: number): Promise<Identity> {
  const identity = await identityOf(world);
  world.server.refusals.set(identity.deviceId, { status, code, message: "The server says so." });
  return identity;
}

export const identityFaults: FaultCase[] = [
  {
    fault: "the device's certificate has ended while it was away",
    code: "CERTIFICATE_REQUIRED",
    prove: async (world) => {
      await introduce(world, await expire(world));
      const agent = await world.start({ token: null });
      await world.logs(agent, '"code":"CERTIFICATE_REQUIRED"');
      await world.reached(3, "ACTIVE", agent);
      check((await identityOf(world)).deviceId === [...world.server.devices.values()][0], "it is another device now");
      check(world.server.devices.size === 1, "another device was made");
    },
  },
  {
    fault: "the answer to a renewal was lost, and then the certificate has ended",
    code: "CERTIFICATE_REQUIRED",
    prove: async (world) => {
      const identity = await expire(world);
      const { privateKeyPem } = createDeviceKeyAndCsr();
      await introduce(world, { ...identity, privateKeyPem });
      await writeFile(join(world.data, "identity/renewal.json"), JSON.stringify({ privateKeyPem }));
      // The older key is not known any more, and would be a new device that waits for a person.
      world.server.accepting = false;
      const agent = await world.start({ token: null });
      await world.reached(3, "ACTIVE", agent);
      check((await identityOf(world)).deviceId === identity.deviceId, "it is another device now");
    },
  },
  {
    fault: "a newer certificate of the device is in use: a copied or restored data directory",
    code: "CERTIFICATE_REPLACED",
    prove: async (world) => {
      const { deviceId } = await refuse(world, "CERTIFICATE_REPLACED", 401);
      world.server.accepting = false;
      const agent = await world.start({ token: null });
      await world.logs(agent, '"code":"CERTIFICATE_REPLACED"');
      await world.logs(agent, "accept it in the dashboard, or stop it if it is the copy");
      await world.logs(agent, "waiting until a person accepts");
      await world.runs(agent, world.current);
      assign(world.server, world.offered, 1);
      world.server.accepting = true;
      await world.reached(1, "ACTIVE", agent);
      check((await identityOf(world)).deviceId !== deviceId, "it is the old device still");
      await world.runs(agent, world.offered);
    },
  },
  {
    fault: "the device was revoked",
    code: "DEVICE_REVOKED",
    prove: async (world) => {
      await refuse(world, "DEVICE_REVOKED", 403);
      const agent = await world.start();
      await world.logs(agent, '"code":"DEVICE_REVOKED"');
      await world.logs(agent, "delete the folder identity");
      await world.runs(agent, world.current);
      check(world.server.enrolments === 0, "it asked to be let in again");
    },
  },
  {
    fault: "the identity on the disk is garbage",
    code: null,
    prove: async (world) => {
      const { deviceId } = await identityOf(world);
      await writeFile(join(world.data, "identity/identity.json"), "{gar");
      assign(world.server, world.offered, 1);
      const agent = await world.start();
      await world.reached(1, "ACTIVE", agent);
      check((await identityOf(world)).deviceId !== deviceId, "it is the old device still");
    },
  },
  {
    fault: "two agents are started on one data directory, however long its path is",
    code: "CONFLICT",
    prove: async (world) => {
      const data = join(world.lane.root, "a-directory-with-a-long-name".repeat(4), "d");
      await mkdir(join(data, ".."));
      await cp(world.data, data, { recursive: true });
      const both = [await AgentProcess.start(world.server, data), await AgentProcess.start(world.server, data)];
      try {
        await eventually(() => both.find(({ isGone }) => isGone));
        const [refused] = both.filter(({ isGone }) => isGone);
        check(refused?.log.includes("Another agent runs on") === true, `the second agent ended with ${refused?.log}`);
        check(
          both.some(({ isGone }) => !isGone),
          "both agents ended",
        );
      } finally {
        for (const agent of both) await agent.kill();
      }
    },
  },
];
