namespace MongoGateway.Wire;

/// <summary>What is known of one connection.</summary>
internal sealed class ClientState(int id)
{
    public int Id { get; } = id;

    /// <summary>What the client calls itself in its first hello; fail points may be meant for one of these only.</summary>
    public string? AppName { get; set; }
}
