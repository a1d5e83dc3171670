using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Core.Escalation;

/// <summary>Is told when the register of an authority becomes out of date, and when it no longer is.</summary>
public interface IStaleObserver
{
    /// <summary>Two expected uploads were missed.</summary>
    void Stale(StaleRegister stale);

    /// <summary>It was uploaded again, or is no longer expected.</summary>
    void UpToDate(OdsCode authority);
}
