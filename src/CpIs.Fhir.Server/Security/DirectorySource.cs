using CpIs.Fhir.Core;
using CpIs.Fhir.Core.Callers;

namespace CpIs.Fhir.Server.Security;

/// <summary>Holds the newest snapshot of who is registered, and reads the store's again when its stamp has changed.</summary>
internal sealed class DirectorySource(IRegistrationStore store) : IOrganisationDirectory, IDisposable
{
    private readonly SemaphoreSlim _reading = new(1, 1);
    private OrganisationDirectory _current = OrganisationDirectory.Empty;

    /// <inheritdoc />
    public OrganisationDirectory Current => Volatile.Read(ref _current);

    /// <summary>Brings <see cref="Current"/> up to what the store holds now.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; the snapshot known so far stays in force.</exception>
    public async Task<OrganisationDirectory> RefreshAsync(CancellationToken cancellation)
    {
        // One at a time, so that an older reading never replaces a newer one.
        await _reading.WaitAsync(cancellation);
        try
        {
            if (await store.ReadRegistrationStampAsync(cancellation) != Current.Stamp)
                Volatile.Write(
                    ref _current,
                    RegistrationForm.ReadAll(await store.ReadRegistrationsAsync(cancellation))
                );
            return Current;
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _reading.Dispose();
}
