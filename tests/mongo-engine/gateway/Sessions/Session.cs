namespace MongoGateway.Sessions;

/// <summary>What one client thread does in order: one numbered command at a time.</summary>
internal sealed class Session
{
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>The latest, which may have ended.</summary>
    public Transaction? Transaction { get; set; }

    public DateTime LastUsed { get; set; } = DateTime.UtcNow;
}
