using System.Text.Json;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// What the store holds of everything that an upload names: three reads for the whole Bundle, whatever its size, and a
/// fourth only where a PUT names an id that these did not bring.
/// </summary>
internal sealed class UploadSnapshot
{
    private const int IdsOfOneSearch = 50;

    private readonly Dictionary<string, StoredResource> _patients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<StoredResource>> _elsewhere = new(StringComparer.Ordinal);
    private readonly HashSet<(RecordType, string)> _ownIds = [];
    private IReadOnlyDictionary<string, StoredResource> _episodes = new Dictionary<string, StoredResource>();
    private IReadOnlyDictionary<string, StoredResource> _flags = new Dictionary<string, StoredResource>();
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

        foreach (var patient in await store.ReadPatientsAsync(children, cancellation).ConfigureAwait(false))
            held.Take(patient);
        if (plans.Count > 0)
        {
            held._episodes = await store
                .ReadByIdentityAsync(RecordType.EpisodeOfCare, plans, cancellation)
                .ConfigureAwait(false);
            held._flags = await store.ReadByIdentityAsync(RecordType.Flag, plans, cancellation).ConfigureAwait(false);
        }

        await held.ReadOtherIdsAsync(store, entries, cancellation).ConfigureAwait(false);
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

    /// <summary>True when the authority has a resource of that id, though not of the identifier it was sent with.</summary>
    public bool HasOwn(RecordType type, string id) => _ownIds.Contains((type, id));

    /// <summary>Patients of other authorities with the same NHS number. Nothing of them may reach the answer.</summary>
    public IReadOnlyList<StoredResource> Elsewhere(NhsNumber child) =>
        _elsewhere.TryGetValue(child.Digits, out var others) ? others : [];

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
        );
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

    private void Take(StoredResource patient)
    {
        var child = patient.Child!.Value.Digits;
        if (patient.Authority == _authority)
            _patients[child] = patient;
        else if (_elsewhere.TryGetValue(child, out var others))
            others.Add(patient);
        else
            _elsewhere[child] = [patient];
    }

    /// <summary>A PUT by id that was not found by its identifier: unknown, or the caller's own with another identifier?</summary>
    private async Task ReadOtherIdsAsync(
        IRecordStore store,
        IReadOnlyList<UploadEntry> entries,
        CancellationToken cancellation
    )
    {
        var missing = entries
            .Where(e => e.Target == EntryTarget.ById && Find(e.Type, e.Key)?.Id != e.Id)
            .GroupBy(e => e.Type, e => e.Id!);
        foreach (var type in missing)
        foreach (var ids in type.Chunk(IdsOfOneSearch))
        {
            var query = new RecordQuery(type.Key, _authority, [new Condition.AnyId(ids)]) { Count = IdsOfOneSearch };
            var found = await store.SearchAsync(query, cancellation).ConfigureAwait(false);
            foreach (var own in found.Items)
                _ownIds.Add((type.Key, own.Id));
        }
    }
}
