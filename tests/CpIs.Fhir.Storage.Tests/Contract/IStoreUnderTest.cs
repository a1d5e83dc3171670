using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Records;

namespace CpIs.Fhir.Storage.Tests.Contract;

/// <summary>One store, empty when made, seen through its four ports.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IRecordStore Records { get; }
    IOccurrenceStore Occurrences { get; }
    IRegistrationStore Registrations { get; }
    INotificationStore Notifications { get; }

    /// <summary>Closes the store and opens it again on what it left behind.</summary>
    Task ReopenAsync();
}
