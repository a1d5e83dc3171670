using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.LookUps;

namespace CpIs.Fhir.Server.Admission;

/// <summary>The journey of the look-up, as admission knows it: what it refuses of a look-up is recorded there first.</summary>
internal interface ILookUpRefusals
{
    /// <summary>Which look-up is at this address, whatever the method; null for none.</summary>
    LookUpInteraction? At(HttpRequest request);

    /// <summary>The methods of the look-up at this address.</summary>
    IReadOnlyList<string> MethodsAt(HttpRequest request);

    /// <summary>Records a refusal and returns it as it is to be answered.</summary>
    Task<Refusal> RecordAsync(HttpContext context, LookUpInteraction interaction, Caller caller, Refusal refusal);
}
