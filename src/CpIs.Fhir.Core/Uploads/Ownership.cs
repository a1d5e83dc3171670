using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Reading;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>An authority writes only its own records: whatever names another authority is 403 (promise 5).</summary>
internal sealed class Ownership(UploadContext context, Findings findings)
{
    /// <summary>The ids and the authority that a resource names.</summary>
    public void Check(SentRecord record)
    {
        if (record.Type is null)
            return;
        foreach (var identifier in record.Resource.ChildrenNamed("identifier"))
            if (identifier.Child("system") is { Value: { } system } at)
                if (NamesOther(system, FhirSystems.LocalPersonIds))
                    Forbid(at, system, "cpis-patient-local-id");
                else if (NamesOther(system, FhirSystems.PlanIds))
                    Forbid(at, system, "cpis-plan-system");
        Authority(record);
    }

    /// <summary>An entry: its resource, and the condition by which that is found.</summary>
    public void Check(SentEntry entry)
    {
        if (entry.Record is { } record)
            Check(record);
        if (
            entry.Request.At("url") is { Value: { } url } at
            && EntryUrl.Parse(url) is { System: { } system }
            && NamesOther(system, FhirSystems.PlanIds)
        )
            Forbid(at, system, "cpis-entry-condition-system");
    }

    private void Authority(SentRecord record)
    {
        if (
            record.Authority is { Value: { } value } at
            && OdsCode.TryParse(value, out var code)
            && code != context.Authority
        )
            if (context.Organisations.Find(code) is { Kind: CallerKind.Authority })
                Forbid(at, value, "cpis-authority");
            else
                At(at)
                    .Break(
                        "",
                        "cpis-authority",
                        $"{record.Type}.{record.AuthorityName} is the local authority that sends the record, not a GP practice or another service. Sent: {Shown.Value(value)}. Expected: {context.Authority}."
                    );
        if (
            record.Resource.At(record.AuthorityName, "reference") is { Value: { } reference } own
            && reference != $"Organization/{context.OrganizationId}"
        )
            At(own)
                .Forbid(
                    "",
                    "cpis-authority",
                    "This refers to an Organization that is not yours. Leave the reference out; the server adds it."
                );
    }

    private bool NamesOther(string system, string family) =>
        system.StartsWith(family, StringComparison.Ordinal)
        && OdsCode.TryParse(system[family.Length..], out var code)
        && code != context.Authority;

    private void Forbid(ISentElement at, string sent, string rule) =>
        At(at)
            .Forbid(
                "",
                rule,
                $"This names another authority. Sent: {Shown.Value(sent)}. Yours is {context.Authority}. An authority writes only its own records: send each authority's with a client of that authority."
            );

    private Place At(ISentElement element) => new(element.Path, findings);
}
