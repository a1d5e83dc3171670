using CpIs.Fhir.Conformance.Schemas;
using CpIs.Fhir.Conformance.Sources;
using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Uploads;

namespace CpIs.Fhir.Conformance.Validation;

/// <summary>
/// The rules of CPIS-Upload that are about several entries: Core judges them, each at the element that is meant, where their FHIRPath could
/// only say that something in the Bundle is wrong.
/// </summary>
internal sealed partial class Walk
{
    private static readonly string UploadProfile = FhirSystems.Profile("CPIS-Upload");

    private void Agreement(FhirNode bundle, StructureSchema schema, int errorsBefore)
    {
        if (!run.Options.RunInvariants)
            return;
        foreach (var found in UploadAgreement.Find(bundle))
        {
            var at = (FhirNode)found.At;
            Tell(
                at,
                Error,
                "invariant",
                found.Rule,
                found.Text,
                profile: schema.Url,
                ruleText: found.Text,
                at: found.Missing is null ? null : $"{at.Path}.{found.Missing}",
                detail: found.Missing
            );
        }

        Rules(
            bundle,
            [.. schema.Root.Constraints.Where(constraint => !UploadAgreement.Rules.Contains(constraint.Key))],
            errorsBefore
        );
    }
}
