namespace CpIs.Fhir.Core;

/// <summary>The store did not answer in time or failed, so that nothing is known of the outcome: 503, never success.</summary>
public sealed class StoreUnavailableException : Exception
{
    /// <summary>With the store's own words. They must hold no personal data.</summary>
    public StoreUnavailableException(string message, Exception? inner = null)
        : base(message, inner) { }
}
