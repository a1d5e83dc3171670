namespace MongoGateway.Sessions;

internal enum TransactionState
{
    Started,
    Committed,
    Aborted,

    /// <summary>PostgreSQL went away while it committed. The next to ask finds out.</summary>
    Unknown,
}
