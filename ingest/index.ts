export type { ConnectionCheck } from './connector.ts';
export { errorReport, IngestError } from './errors.ts';
export {
  type AirbyteCatalog,
  type AirbyteMessage,
  type AirbyteState,
  type AirbyteStream,
  airbyteCatalog,
  airbyteMessage,
  type ConfiguredCatalog,
  configuredCatalog,
  parseMessage,
} from './protocol.ts';
export { rawTableName } from './raw-table.ts';
export {
  type AcceptShrink,
  type FaultGroup,
  type LogLevel,
  type SourceSpec,
  type StreamOptions,
  type StreamResult,
  type SyncError,
  type SyncOptions,
  type SyncProgress,
  type SyncResult,
  sourceSpec,
} from './source.ts';
export { DESCRIPTIONS } from './sources/files/descriptions.ts';
export { faultText } from './sources/files/fault-groups.ts';
export {
  type ColumnMapping,
  filesConfig,
  type TableMapping,
  type TableMappings,
} from './sources/files/mapping.ts';
export { newestOf, patternOf } from './sources/files/newest.ts';
export { type Preview, preview } from './sources/files/propose/preview.ts';
export { type FileProfile, profilesOf } from './sources/files/propose/profile.ts';
export type { Answers, FileProposal, Proposal, Question } from './sources/files/propose/proposal.ts';
export { propose } from './sources/files/propose/propose.ts';
export { FORMATS as FILE_FORMATS } from './sources/files/reading.ts';
export { type FileColumn, type FileTable, TABLES } from './sources/files/tables.ts';
export { checkSource, syncSource } from './sync.ts';
export { releaseAll, spawnTethered, tetherOf } from './tethered-process.ts';
export {
  CONNECTOR_NAMES,
  CONNECTORS,
  type ConnectorName,
  isConnectorName,
  KINDS,
  SOURCE_KINDS,
  type SourceKind,
  VENDORS,
  vendorOf,
} from './vendors/index.ts';
export { fromEnvironment, type PersonStream, type Variable, type Vendor } from './vendors/vendor.ts';
export { spelled, type ValueMapping, VOCABULARIES, type Vocabulary } from './vocabularies.ts';
