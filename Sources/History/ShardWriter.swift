/// Appends records to a shard. What was appended before `flush` returned is in the kernel's hands and survives the
/// death of this process.
public struct ShardWriter {
}
