export type { Actor, ServiceContext } from "./context.ts";
export { type Auth, type AuthSession, createAuth } from "./auth/create-auth.ts";
export { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from "./auth/password.ts";
export { readActor } from "./auth/read-actor.ts";
export { deleteDataSet } from "./data-sets/delete-data-set.ts";
export { getDataSet, listDataSets } from "./data-sets/list-data-sets.ts";
export { readSample, type SamplePicture } from "./data-sets/read-sample.ts";
export { renameDataSet, renameDataSetInput } from "./data-sets/rename-data-set.ts";
export { getGraphView, redrawGraph } from "./graph-views/get-graph-view.ts";
export { readGraphView } from "./graph-views/read-graph-view.ts";
export { cancelJob } from "./jobs/cancel-job.ts";
export { getSearch } from "./jobs/get-search.ts";
export { getJob, listJobs, listJobsInput } from "./jobs/list-jobs.ts";
export { optimiseVersion, optimiseVersionInput } from "./jobs/optimise-version.ts";
export { readJobLog, readJobLogInput } from "./jobs/read-job-log.ts";
export { retryJob } from "./jobs/retry-job.ts";
export { searchVersion, searchVersionInput } from "./jobs/search-version.ts";
export { startValidation, startValidationInput } from "./jobs/start-validation.ts";
export { stopSearch } from "./jobs/stop-search.ts";
export { archiveModel } from "./models/archive-model.ts";
export { convertAgain, convertAgainInput } from "./models/convert-again.ts";
export { getLineage } from "./models/get-lineage.ts";
export { getModel } from "./models/get-model.ts";
export { getModelVersion } from "./models/get-model-version.ts";
export { getVariantDetail } from "./models/get-variant-detail.ts";
export { listModels, listModelsInput } from "./models/list-models.ts";
export { readUploadedFile, type UploadedFile } from "./models/read-uploaded-file.ts";
export { readVariantFile } from "./models/read-variant-file.ts";
export { renameModel, renameModelInput } from "./models/rename-model.ts";
export { updateCard, updateCardInput } from "./models/update-card.ts";
export { acceptInvitation, acceptInvitationInput, joinOrganisation } from "./settings/accept-invitation.ts";
export { getOrganisation } from "./settings/get-organisation.ts";
export { inviteMember, inviteMemberInput } from "./settings/invite-member.ts";
export { listMembers } from "./settings/list-members.ts";
export { removeMember, removeMemberInput } from "./settings/remove-member.ts";
export { renameOrganisation, renameOrganisationInput } from "./settings/rename-organisation.ts";
export { setMemberRole, setMemberRoleInput } from "./settings/set-member-role.ts";
export { completeSetup, completeSetupInput } from "./setup/complete-setup.ts";
export { type PreparedOrganisation, prepareOrganisation } from "./setup/prepare-organisation.ts";
export { getTargetReport, retryTargetReport } from "./target-reports/get-target-report.ts";
export { beginUpload, beginUploadInput } from "./uploads/begin-upload.ts";
export { cancelUpload } from "./uploads/cancel-upload.ts";
export { expireUploads } from "./uploads/expire-uploads.ts";
export { findOpenUpload } from "./uploads/find-open-upload.ts";
export { finishUpload } from "./uploads/finish-upload.ts";
export { getUpload, listUploads } from "./uploads/list-uploads.ts";
export { recordUploadProgress } from "./uploads/record-upload-progress.ts";
export { UPLOAD_LIMITS, type UploadLimits } from "./uploads/upload-limits.ts";
export { useSample, useSampleInput } from "./uploads/use-sample.ts";
export { readWantedFleet, reportDemoFleet, type WantedFleet } from "./demo/follow-demo-fleet.ts";
export { getDemoFleet, SIMULATED_TAG } from "./demo/get-demo-fleet.ts";
export { setDemoFleet, setDemoFleetInput } from "./demo/set-demo-fleet.ts";
export { applyReports } from "./device-plane/apply-reports.ts";
export { authenticateDevice, type DeviceCertificateClaim } from "./device-plane/authenticate-device.ts";
export { authoriseArtifact } from "./device-plane/authorise-artifact.ts";
export type { DeviceIdentity, DevicePlaneContext } from "./device-plane/context.ts";
export type { DeviceReport } from "./device-plane/device-report.ts";
export { enrolDevice } from "./device-plane/enrol-device.ts";
export { type AssignmentAnswer, getAssignment } from "./device-plane/get-assignment.ts";
export { listRevocations } from "./device-plane/list-revocations.ts";
export { listRevokedCertificates, type RevokedCertificate } from "./device-plane/list-revoked-certificates.ts";
export { markUnheardOffline } from "./device-plane/mark-unheard-offline.ts";
export { deleteOutbox, type OutboxRow, readOutbox } from "./device-plane/outbox.ts";
export { recordArtifactBytes } from "./device-plane/record-artifact-bytes.ts";
export { recordRefusal } from "./device-plane/record-refusal.ts";
export { renewCertificate } from "./device-plane/renew-certificate.ts";
export { DEFAULT_RETENTION, type Retention } from "./device-plane/retention.ts";
export { type DevicePresence, setPresence } from "./device-plane/set-presence.ts";
export {
  acceptDevices,
  acceptDevicesInput,
  rejectDevice,
  renameDevice,
  renameDeviceInput,
  revokeDevice,
  setDeviceTags,
  setDeviceTagsInput,
} from "./devices/change-device.ts";
export { getDevice } from "./devices/get-device.ts";
export { listDevices, listDevicesInput } from "./devices/list-devices.ts";
export { deviceEventsInput, deviceMetricsInput, readDeviceEvents, readDeviceMetrics } from "./devices/read-device-history.ts";
export { readDeviceLog } from "./devices/read-device-log.ts";
export { deleteGroup } from "./groups/delete-group.ts";
export { countDevices, getGroup, listGroupMemberIds, listGroups } from "./groups/list-groups.ts";
export { createGroup, createGroupInput, updateGroup, updateGroupInput } from "./groups/save-group.ts";
export { getOverview } from "./overview/get-overview.ts";
export { createRelease, createReleaseInput } from "./releases/create-release.ts";
export { getRelease, listReleases, listReleasesInput } from "./releases/list-releases.ts";
export { withdrawRelease } from "./releases/withdraw-release.ts";
export { advanceRollout, listLiveRollouts, listRolloutsToFollow } from "./rollouts/advance-rollout.ts";
export { changeRollout } from "./rollouts/change-rollout.ts";
export { createRollout, createRolloutInput } from "./rollouts/create-rollout.ts";
export { getRollout } from "./rollouts/get-rollout.ts";
export { listRollouts, listRolloutsInput } from "./rollouts/list-rollouts.ts";
export { preflightInput, preflightRollout } from "./rollouts/preflight-rollout.ts";
export { createToken, createTokenInput } from "./tokens/create-token.ts";
export { listTokens } from "./tokens/list-tokens.ts";
export { revokeToken } from "./tokens/revoke-token.ts";
