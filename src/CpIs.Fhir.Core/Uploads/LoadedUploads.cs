using System.Collections.Concurrent;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Plans;

namespace CpIs.Fhir.Core.Uploads;

/// <summary>
/// Notes which uploads were loaded whole, whatever way they came and even if they were empty: so an authority whose uploads stop is
/// found (<see cref="AuthorityRegister"/>). At most one write for an authority and a day of its extracts.
/// </summary>
public sealed class LoadedUploads(IRecordStore store, IOrganisationDirectory directory, TimeProvider time)
{
    // The directory is a second old at most; until then a server does not note the same again.
    private readonly ConcurrentDictionary<OdsCode, DateOnly> _noted = new();

    /// <summary>This authority's upload was loaded whole. Call it after the last commit of the upload.</summary>
    /// <param name="authority">Whose.</param>
    /// <param name="extracted">When the data was taken from its register; where the upload does not say, now.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    public async Task NoteAsync(OdsCode authority, DateTimeOffset extracted, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var day = LondonCalendar.DayOf(extracted < now ? extracted : now);
        var known = directory.Current.FindRegister(authority);
        if (known?.LastUpload >= day || (_noted.TryGetValue(authority, out var noted) && noted >= day))
            return;
        var register = new AuthorityRegister
        {
            Authority = authority,
            FirstSeen = known?.FirstSeen ?? now,
            LastUpload = day,
        };
        try
        {
            await store
                .CommitAsync(new Commit { Registrations = [RegistrationForm.Of(register)] }, cancellation)
                .ConfigureAwait(false);
            _noted[authority] = day;
        }
        catch (StoreUnavailableException)
        {
            // The upload itself is held. The next one notes it; until then the register is called stale too early, never too late.
        }
    }
}
