using System.Text.Json;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Numbers;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What the store holds of everything that an upload names, of its own authority alone, and which of the numbers are not in use: four reads for the
/// whole Bundle, whatever its size; one more where local person ids are new.
/// </summary>
internal sealed class UploadSnapshot
{
    private const int TokensOfOneSearch = 200;

    private readonly Dictionary<string, StoredResource> _patients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<StoredResource>> _plans = new(StringComparer.Ordinal);
    private readonly List<StoredResource> _sameLocalId = [];
    private IReadOnlyDictionary<string, StoredResource> _episodes = new Dictionary<string, StoredResource>();
    private IReadOnlyDictionary<string, StoredResource> _flags = new Dictionary<string, StoredResource>();
    private IReadOnlyDictionary<string, StoredResource> _marks = new Dictionary<string, StoredResource>();
    private readonly OdsCode _authority;

    private UploadSnapshot(OdsCode authority) => _authority = authority;

    /// <summary>Of a store that holds nothing.</summary>
    public static UploadSnapshot OfNothing(OdsCode authority) => new(authority);

    /// <summary>Reads.</summary>
    public static async Task<UploadSnapshot> ReadAsync(
        IRecordStore store,
        OdsCode authority,
        IReadOnlyList<UploadEntry> entries,
        CancellationToken cancellation
    )
    {
        var held = new UploadSnapshot(authority);
        var children = new HashSet<NhsNumber>();
        var plans = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            children.Add(entry.Patient?.Number ?? entry.Plan!.Child);
            if (entry.Plan is { } plan)
                plans.Add(Identity(authority, plan.PlanId));
        }

        foreach (var own in await store.ReadOwnAsync(authority, children, cancellation).ConfigureAwait(false))
            held.Take(own);
        if (plans.Count > 0)
        {
            held._episodes = await store
                .ReadByIdentityAsync(RecordType.EpisodeOfCare, plans, cancellation)
                .ConfigureAwait(false);
            held._flags = await store.ReadByIdentityAsync(RecordType.Flag, plans, cancellation).ConfigureAwait(false);
        }

        children.UnionWith(held._episodes.Values.Select(episode => episode.Child!.Value));
        held._marks = await store
            .ReadByIdentityAsync(RecordType.InactiveNumber, [.. children.Select(InactiveNumber.Identity)], cancellation)
            .ConfigureAwait(false);
        await held.ReadLocalIdsAsync(store, entries, cancellation).ConfigureAwait(false);
        return held;
    }

    /// <summary>What makes a resource the one of its kind: authority and NHS number or plan id.</summary>
    public static string Identity(OdsCode authority, string key) => $"{authority}|{key}";

    /// <summary>The authority's own current resource, or null.</summary>
    public StoredResource? Find(RecordType type, string key) =>
        type switch
        {
            RecordType.Patient => _patients.GetValueOrDefault(key),
            RecordType.EpisodeOfCare => _episodes.GetValueOrDefault(Identity(_authority, key)),
            _ => _flags.GetValueOrDefault(Identity(_authority, key)),
        };

    /// <summary>Why a number was retired; null for one that is in use.</summary>
    public string? InactiveReasonOf(NhsNumber number) =>
        _marks.GetValueOrDefault(InactiveNumber.Identity(number)) is { } mark && InactiveNumber.IsMark(mark)
            ? InactiveNumber.ReasonOf(mark)
            : null;

    /// <summary>The authority's plans of a child, each by its plan id; those that a correction took from the child have none.</summary>
    public IEnumerable<(string? PlanId, StoredResource Episode)> PlansOf(NhsNumber child) =>
        _plans
            .GetValueOrDefault(child.Digits, [])
            .Select(episode => (episode.Identity?[(_authority.Value.Length + 1)..], episode));

    /// <summary>The authority's Patient of that id among those of the children that the upload names, or null.</summary>
    public StoredResource? PatientOf(string id) => _patients.Values.FirstOrDefault(patient => patient.Id == id);

    /// <summary>
    /// The authority's Patients with a local person id that the upload gives again to a Patient, which may be that Patient.
    /// </summary>
    public IEnumerable<StoredResource> WithLocalId(string localId) =>
        _sameLocalId.Where(patient => HasLocalId(patient, localId));

    /// <summary>The plan as a stored EpisodeOfCare tells it.</summary>
    public static PlanContent ReadPlan(StoredResource episode)
    {
        using var json = JsonDocument.Parse(episode.Body);
        var period = json.RootElement.GetProperty("period");
        var plan = episode.Plan!;
        return new PlanContent(
            json.RootElement.GetProperty("identifier")[0].GetProperty("value").GetString()!,
            plan.Type,
            plan.Status,
            episode.Child!.Value,
            new PlanDay(period.GetProperty("start").GetString()!, plan.Start),
            period.TryGetProperty("end", out var end) ? new PlanDay(end.GetString()!, plan.End!.Value) : null
        )
        {
            IsProtected = plan.IsProtected,
        };
    }

    /// <summary>Id of the Patient that a stored EpisodeOfCare refers to.</summary>
    public static string ReadPatientId(StoredResource episode)
    {
        using var json = JsonDocument.Parse(episode.Body);
        return json.RootElement.GetProperty("patient").GetProperty("reference").GetString()!["Patient/".Length..];
    }

    /// <summary>What a stored Patient says.</summary>
    public static PatientContent ReadPatient(StoredResource patient)
    {
        using var json = JsonDocument.Parse(patient.Body);
        var local = json
            .RootElement.GetProperty("identifier")
            .EnumerateArray()
            .Where(i => i.GetProperty("system").GetString() != FhirSystems.NhsNumber)
            .Select(i => i.GetProperty("value").GetString())
            .FirstOrDefault();
        var name = json.RootElement.GetProperty("name")[0];
        return new PatientContent(
            patient.Child!.Value,
            local,
            name.GetProperty("family").GetString()!,
            [.. name.GetProperty("given").EnumerateArray().Select(given => given.GetString()!)],
            patient.BirthDate!.Value
        );
    }

    private void Take(StoredResource own)
    {
        var child = own.Child!.Value.Digits;
        if (own.Type == RecordType.Patient)
            _patients[child] = own;
        else if (_plans.TryGetValue(child, out var plans))
            plans.Add(own);
        else
            _plans[child] = [own];
    }

    private bool HasLocalId(StoredResource patient, string localId) =>
        patient.Tokens.Contains(LocalIdToken(localId), StringComparer.Ordinal);

    private string LocalIdToken(string localId) =>
        SearchTokens.Identifier("identifier", FhirSystems.LocalPersonId(_authority), localId);

    private async Task ReadLocalIdsAsync(
        IRecordStore store,
        IReadOnlyList<UploadEntry> entries,
        CancellationToken cancellation
    )
    {
        var given = entries
            .Where(e =>
                e.Patient?.LocalId is { } id
                && !(Find(RecordType.Patient, e.Key) is { } patient && HasLocalId(patient, id))
            )
            .Select(e => LocalIdToken(e.Patient!.LocalId!))
            .Distinct(StringComparer.Ordinal);
        foreach (var tokens in given.Chunk(TokensOfOneSearch))
        {
            var query = new RecordQuery(RecordType.Patient, _authority, [new Condition.AnyToken(tokens)])
            {
                Count = 2 * TokensOfOneSearch,
            };
            _sameLocalId.AddRange((await store.SearchAsync(query, cancellation).ConfigureAwait(false)).Items);
        }
    }
}
