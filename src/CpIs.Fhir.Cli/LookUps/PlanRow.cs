using System.Text.Json;
using System.Text.Json.Nodes;
using CpIs.Fhir.Cli.Http;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Cli.LookUps;

/// <summary>One plan as the answer to a look-up shows it.</summary>
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
