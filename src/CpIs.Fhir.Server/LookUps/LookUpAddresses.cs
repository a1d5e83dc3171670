using CpIs.Fhir.Core.LookUps;
using CpIs.Fhir.Server.Http;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>Where look-ups are, below the FHIR base.</summary>
internal static class LookUpAddresses
{
    private const string Posted = "/_search";
    private const string Missed = "/Patient/$missed-appointment";

    /// <summary>Each address and what is asked there.</summary>
    public static readonly IReadOnlyDictionary<string, LookUpInteraction> All = new Dictionary<
        string,
        LookUpInteraction
    >(StringComparer.OrdinalIgnoreCase)
    {
        ["/Flag"] = LookUpInteraction.Flag,
        ["/Flag" + Posted] = LookUpInteraction.Flag,
        ["/EpisodeOfCare"] = LookUpInteraction.EpisodeOfCare,
        ["/EpisodeOfCare" + Posted] = LookUpInteraction.EpisodeOfCare,
        ["/AuditEvent"] = LookUpInteraction.AuditEvent,
        ["/AuditEvent" + Posted] = LookUpInteraction.AuditEvent,
        ["/Patient/$child-protection"] = LookUpInteraction.ChildProtection,
        [Missed] = LookUpInteraction.MissedAppointment,
    };

    /// <summary>GET a type, POST its <c>_search</c> and what reports, either for the other operation. Never HEAD: a look-up has none.</summary>
    public static string[] MethodsOf(string path) =>
        path.EndsWith(Posted, StringComparison.Ordinal) || path.EndsWith(Missed, StringComparison.OrdinalIgnoreCase)
            ? [HttpMethods.Post]
        : path.Contains('$', StringComparison.Ordinal) ? [HttpMethods.Get, HttpMethods.Post]
        : [HttpMethods.Get];

    /// <summary>What is asked at an address, whatever the method; null where no look-up is.</summary>
    public static LookUpInteraction? At(PathString path) =>
        path.StartsWithSegments(ExchangeUrls.FhirPath, StringComparison.OrdinalIgnoreCase, out var below)
        && All.TryGetValue(below.Value!.TrimEnd('/'), out var interaction)
            ? interaction
            : null;
}
