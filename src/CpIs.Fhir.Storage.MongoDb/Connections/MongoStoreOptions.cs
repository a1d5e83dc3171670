using System.ComponentModel.DataAnnotations;
using CpIs.Fhir.Core.Protection;

namespace CpIs.Fhir.Storage.MongoDb.Connections;

/// <summary>How the store for many machines runs. The defaults are right for a replica set in one region.</summary>
public sealed record MongoStoreOptions
{
    /// <summary>
    /// Where the replica set or sharded cluster is, as MongoDB writes it (<c>mongodb://</c> or <c>mongodb+srv://</c>). It may
    /// hold a password: never logged. What it says of read and write concerns is not used; these are stated in code.
    /// </summary>
    [Required]
    public string ConnectionString { get; init; } = "";

    /// <summary>The database; default <c>cpis</c>.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_-]{1,60}$")]
    public string Database { get; init; } = "cpis";

    /// <summary>
    /// Most connections to each member; default 100. A look-up has at most two in use, for a few milliseconds each.
    /// </summary>
    [Range(4, 10_000)]
    public int MaxPoolSize { get; init; } = 100;

    /// <summary>Connections that are kept open though nobody needs them; default 8.</summary>
    [Range(0, 1_000)]
    public int MinPoolSize { get; init; } = 8;

    /// <summary>How long one connection may take to be made; default 2 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one attempt may look for a primary, or wait for a free connection; default 3 s.</summary>
    public TimeSpan ServerSelectionTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// How long a safe write is tried again while no primary answers or another writer is in the way, and how long a majority
    /// may take to confirm it; default 10 s, which outlasts the election of a new primary. A look-up has its own, shorter limit.
    /// </summary>
    public TimeSpan WriteBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a read or a search may run at the server before it is stopped; default 5 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How the values that could name a child are written. Default: readable.</summary>
    public RecordProtection Protection { get; init; } = RecordProtection.Readable;

    /// <summary>Refuses values with which the store cannot run.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, and never the connection string.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(ConnectionString);
        ArgumentException.ThrowIfNullOrWhiteSpace(Database);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPoolSize, 4);
        ArgumentOutOfRangeException.ThrowIfNegative(MinPoolSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MinPoolSize, MaxPoolSize);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ServerSelectionTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WriteBudget, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ReadTimeout, TimeSpan.Zero);
    }

    /// <summary>Without the connection string, which may hold a password.</summary>
    public override string ToString() => $"MongoDB database {Database}";
}
