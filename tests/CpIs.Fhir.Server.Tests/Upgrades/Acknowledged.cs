using System.Text.Json;

namespace CpIs.Fhir.Server.Tests.Upgrades;

/// <summary>What a version acknowledged while it wrote a fixture: whatever comes later must still know all of it.</summary>
/// <param name="Written">When it closed the store.</param>
/// <param name="Uploads">In the order in which they were sent.</param>
/// <param name="LookUps">What a setting was shown of each child last, in no order.</param>
/// <param name="Accesses">Every access that was answered, oldest first.</param>
/// <param name="Subscriptions">Where each stood.</param>
/// <param name="Open">Obligations of each authority (ODS code) that were not settled.</param>
/// <param name="Keys">Ids of keys, by purpose.</param>
/// <param name="Clients">Ids of registered clients.</param>
/// <param name="Gone">What was deleted; null from a version that had no DELETE.</param>
public sealed record Acknowledged(
    DateTimeOffset Written,
    IReadOnlyList<Acknowledged.Upload> Uploads,
    IReadOnlyList<Acknowledged.LookUp> LookUps,
    IReadOnlyList<Acknowledged.Access> Accesses,
    IReadOnlyList<Acknowledged.Subscription> Subscriptions,
    IReadOnlyDictionary<string, long> Open,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Keys,
    IReadOnlyList<string> Clients,
    IReadOnlyList<Acknowledged.Deleted>? Gone = null
)
{
    private const string File = "acknowledged.json";
    private static readonly JsonSerializerOptions Form = new() { WriteIndented = true };

    /// <summary>One upload, and the answer that a repeat of it gets.</summary>
    public sealed record Upload(string Client, string RequestId, string Bundle, string Answer);

    /// <summary>What a client deleted: type and id.</summary>
    public sealed record Deleted(string Client, string Address);

    /// <summary>The plans (Flag and EpisodeOfCare with their versions) and the history that were shown of a child.</summary>
    public sealed record LookUp(
        string Client,
        string Child,
        IReadOnlyList<string> Plans,
        IReadOnlyList<string> History
    );

    /// <summary>One access.</summary>
    /// <param name="Id">Of its AuditEvent.</param>
    /// <param name="Child">NHS number; null where the request held none.</param>
    /// <param name="Mode">unscheduled, scheduled, or empty for a refusal before the mode was known.</param>
    /// <param name="Authorities">Whose plans were shown.</param>
    public sealed record Access(string Id, string? Child, string Mode, IReadOnlyList<string> Authorities);

    /// <summary>One Subscription with its events.</summary>
    public sealed record Subscription(string Id, string Authority, string Endpoint, IReadOnlyList<Numbered> Events);

    /// <summary>One event.</summary>
    public sealed record Numbered(long Number, IReadOnlyList<string> Occurrences, bool Delivered);

    public async Task SaveAsync(string fixture)
    {
        await using var file = System.IO.File.Create(Path.Combine(fixture, File));
        await JsonSerializer.SerializeAsync(file, this, Form);
    }

    public static async Task<Acknowledged> ReadAsync(string fixture)
    {
        await using var file = System.IO.File.OpenRead(Path.Combine(fixture, File));
        return (await JsonSerializer.DeserializeAsync<Acknowledged>(file, Form))!;
    }
}
