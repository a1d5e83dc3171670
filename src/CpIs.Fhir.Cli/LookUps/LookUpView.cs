using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.LookUps;

/// <summary>
/// The answer to a look-up as a clinician reads it. Made only of a complete answer: whatever is unclear is "could not
/// check", never "nothing held".
/// </summary>
/// <param name="Plans">Plans shown; empty for none held here.</param>
/// <param name="History">Who else looked, newest first.</param>
/// <param name="Texts">The sentences that the exchange says to a clinician, in order; at least one.</param>
internal sealed record LookUpView(
    IReadOnlyList<PlanRow> Plans,
    IReadOnlyList<HistoryRow> History,
    IReadOnlyList<string> Texts
)
{
    /// <summary>Reads the searchset of <c>$child-protection</c>; null when it is not one, or not all of one.</summary>
    public static LookUpView? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static LookUpView? Read(JsonElement bundle)
    {
        if (
            bundle.Text("resourceType") != "Bundle"
            || bundle.Text("type") != "searchset"
            || bundle.List("link").Any(l => l.Text("relation") == "next")
        )
            return null;
        var entries = bundle.List("entry").ToList();
        // Every complete answer closes with its outcome entry, hit and miss alike.
        var texts = entries
            .Where(e => e.At("search").Text("mode") == "outcome")
            .SelectMany(e => e.At("resource").List("issue"))
            .Select(issue => issue.Text("diagnostics"))
            .OfType<string>()
            .ToList();
        if (texts.Count == 0)
            return null;
        var resources = entries.Select(e => e.At("resource")).ToLookup(r => r.Text("resourceType") ?? "");
        var flags = entries.Where(e => e.At("search").Text("mode") == "match").Select(e => e.At("resource")).ToList();
        var total = bundle.At("total");
        if (
            flags.Any(f => f.Text("resourceType") != "Flag")
            || total.ValueKind != JsonValueKind.Number
            || total.GetInt32() != flags.Count
        )
            return null;
        var patients = resources["Patient"].ToDictionary(p => p.Text("id") ?? "", p => p);
        var authorities = resources["Organization"].ToList();
        return new LookUpView(
            [.. flags.Select(f => PlanRow.Of(f, patients, authorities))],
            [.. resources["AuditEvent"].Select(HistoryRow.Of)],
            texts
        );
    }

    /// <summary>One object for <c>--json</c>.</summary>
    public JsonObject ToJson() =>
        new()
        {
            ["state"] = Plans.Count > 0 ? "information-held" : "none-held-here",
            ["texts"] = new JsonArray([.. Texts.Select(text => (JsonNode)text)]),
            ["plans"] = new JsonArray([.. Plans.Select(p => (JsonNode)p.ToJson())]),
            ["history"] = new JsonArray([.. History.Select(h => (JsonNode)h.ToJson())]),
        };
}

internal sealed record PlanRow(
    string Plan,
    string Person,
    string BirthDate,
    string Start,
    string End,
    string Authority,
    string AuthorityCode,
    string OfficePhone,
    string EmergencyPhone
)
{
    public static PlanRow Of(
        JsonElement flag,
        IReadOnlyDictionary<string, JsonElement> patients,
        IReadOnlyList<JsonElement> authorities
    )
    {
        var code = flag.At("code").List("coding").FirstOrDefault(c => c.Text("system") == FhirSystems.Snomed);
        var patient = patients.GetValueOrDefault((flag.At("subject").Text("reference") ?? "").Split('/')[^1]);
        var name = patient.List("name").FirstOrDefault();
        var ods = flag.At("author").At("identifier").Text("value") ?? "";
        var authorId = (flag.At("author").Text("reference") ?? "").Split('/')[^1];
        var authority = authorities.FirstOrDefault(a =>
            (authorId.Length > 0 && a.Text("id") == authorId)
            || (ods.Length > 0 && a.List("identifier").Any(i => i.Text("value") == ods))
        );
        return new PlanRow(
            PlanTypes.FromCode(code.Text("code"))?.Display ?? code.Text("display") ?? "(unnamed plan)",
            string.Join(' ', name.List("given").Select(g => g.GetString()).Append(name.Text("family"))).Trim(),
            patient.Text("birthDate") ?? "",
            flag.At("period").Text("start") ?? "",
            flag.At("period").Text("end") ?? "",
            authority.Text("name") ?? flag.At("author").Text("display") ?? ods,
            ods.Length > 0 ? ods : authority.List("identifier").FirstOrDefault().Text("value") ?? "",
            Phone(authority, emergency: false),
            Phone(authority, emergency: true)
        );
    }

    public JsonObject ToJson() =>
        new()
        {
            ["plan"] = Plan,
            ["person"] = Person,
            ["birthDate"] = BirthDate,
            ["start"] = Start,
            ["end"] = End.Length > 0 ? End : null,
            ["authority"] = Authority,
            ["authorityCode"] = AuthorityCode,
            ["officePhone"] = OfficePhone,
            ["emergencyPhone"] = EmergencyPhone,
        };

    private static string Phone(JsonElement authority, bool emergency) =>
        authority
            .List("telecom")
            .FirstOrDefault(t => t.List("extension").Any(e => e.Text("url") == FhirSystems.EmergencyDuty) == emergency)
            .Text("value")
        ?? "";
}

/// <summary>One access of the history.</summary>
/// <param name="Time">When, UTC, as the exchange wrote it.</param>
/// <param name="Person">Who.</param>
/// <param name="Role">In which role.</param>
/// <param name="Organisation">Where.</param>
internal sealed record HistoryRow(string Time, string Person, string Role, string Organisation)
{
    /// <summary>When, as people in England read it.</summary>
    public string LondonTime =>
        DateTimeOffset.TryParse(Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? LondonCalendar.Read(instant)
            : Time;

    public static HistoryRow Of(JsonElement access)
    {
        var agents = access.List("agent").ToList();
        var person = agents.FirstOrDefault(a => a.At("requestor").ValueKind == JsonValueKind.True);
        var organisation = agents.FirstOrDefault(a => a.At("type").List("coding").Any(c => c.Text("code") == "PROV"));
        return new HistoryRow(
            access.Text("recorded") ?? "",
            person.Text("name") ?? "",
            person.List("role").FirstOrDefault().List("coding").FirstOrDefault().Text("display") ?? "",
            organisation.At("who").Text("display") ?? organisation.At("who").At("identifier").Text("value") ?? ""
        );
    }

    public JsonObject ToJson() =>
        new()
        {
            ["time"] = Time,
            ["person"] = Person,
            ["role"] = Role,
            ["organisation"] = Organisation,
        };
}
