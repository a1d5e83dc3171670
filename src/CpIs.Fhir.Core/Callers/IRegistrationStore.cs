namespace CpIs.Fhir.Core.Callers;

/// <summary>
/// Who is registered, and which one-time tokens were used: every server that shares a store must agree on both. Throws
/// <see cref="StoreUnavailableException"/> when the store cannot answer.
/// </summary>
public interface IRegistrationStore
{
    /// <summary>Every registration of organisations and clients (some thousands at most), with a stamp that changes whenever one does.</summary>
    Task<RegistrationSnapshot> ReadRegistrationsAsync(CancellationToken cancellation);

    /// <summary>The stamp alone, cheap enough to be asked every second.</summary>
    Task<long> ReadRegistrationStampAsync(CancellationToken cancellation);

    /// <summary>
    /// Marks a one-time value (an assertion's <c>jti</c>) as used. True for the first, false for every later one until it
    /// expires. Durable before it returns.
    /// </summary>
    Task<bool> TryUseOnceAsync(string purpose, string value, DateTimeOffset expires, CancellationToken cancellation);
}
