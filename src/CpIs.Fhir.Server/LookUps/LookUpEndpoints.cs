using CpIs.Fhir.Server.Admission;

namespace CpIs.Fhir.Server.LookUps;

/// <summary>The journey of the LOOK-UP over HTTP: the ways in which a setting asks about one child, or reports of it.</summary>
internal static class LookUpEndpoints
{
    public static void MapLookUps(this IEndpointRouteBuilder fhir)
    {
        foreach (var (path, interaction) in LookUpAddresses.All)
            fhir.MapMethods(
                    path,
                    LookUpAddresses.MethodsOf(path),
                    (HttpContext context, LookUpDesk desk) => desk.AnswerAsync(context, interaction)
                )
                .Admit(Admits.LookUpOf(interaction));
    }
}
