using System.Text.Json;
using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Occurrences;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Searching;

namespace CpIs.Fhir.Core.Notifications;

/// <summary>
/// What goes to a Subscription whose channel is MESH: the national access notification of one event, into the mailbox that the operator has listed
/// for its authority and into no other.
/// </summary>
/// <param name="transport">MESH; null where the server has none.</param>
/// <param name="options">Which mailboxes are listed.</param>
/// <param name="records">For the authority's own id of the child.</param>
/// <param name="occurrences">The accesses that are told of.</param>
/// <param name="directory">The authority's name.</param>
/// <param name="time">The clock.</param>
public sealed class MeshChannel(
    IMeshTransport? transport,
    MeshOptions options,
    IRecordStore records,
    IOccurrenceStore occurrences,
    IOrganisationDirectory directory,
    TimeProvider time
)
{
    private static readonly SendOutcome NotConfigured = new(
        SendResult.Failed,
        null,
        DeliveryError.NoResponse("this server is not connected to MESH")
    );

    private static readonly SendOutcome NotListed = new(
        SendResult.Failed,
        null,
        DeliveryError.NoResponse("not sent, the operator does not list this mailbox for this authority")
    );

    private static readonly SendOutcome Unreadable = new(
        SendResult.Failed,
        null,
        DeliveryError.NoResponse("not sent, an access of this event cannot be read")
    )
    {
        IsOfTheEvent = true,
    };

    /// <summary>One attempt: the notice of an event, or without one the handshake.</summary>
    /// <param name="id">See <see cref="NotificationId"/>; the same whenever the event is sent again.</param>
    /// <param name="subscription">A Subscription with its terms.</param>
    /// <param name="events">The one event to tell; empty for a handshake.</param>
    /// <param name="cancellation">The server is stopping.</param>
    public async Task<SendOutcome> SendAsync(
        string id,
        StoredResource subscription,
        IReadOnlyList<NotificationEvent> events,
        CancellationToken cancellation
    )
    {
        if (transport is null)
            return NotConfigured;
        var (authority, endpoint) = (subscription.Authority, subscription.Subscription!.Endpoint);
        if (options.EndpointOf(authority) != endpoint)
            return NotListed;
        var mailbox = endpoint[MeshOptions.EndpointStart.Length..];
        if (events.Count == 0)
            return await transport.HandshakeAsync(authority, mailbox, cancellation).ConfigureAwait(false);
        return await WriteAsync(id, authority, events, cancellation).ConfigureAwait(false) is { } notice
            ? await transport.SendAsync(new MeshMessage(id, mailbox, notice), cancellation).ConfigureAwait(false)
            : Unreadable;
    }

    /// <summary>What has become of a message.</summary>
    public async Task<MeshStanding> TrackAsync(string messageId, CancellationToken cancellation) =>
        transport is null
            ? new MeshStanding(MeshPlace.Unknown, null, NotConfigured.Error)
            : await transport.TrackAsync(messageId, cancellation).ConfigureAwait(false);

    /// <summary>See <see cref="IMeshTransport.DropReportAsync"/>.</summary>
    public Task DropReportAsync(MeshStanding returned, CancellationToken cancellation) =>
        transport is null ? Task.CompletedTask : transport.DropReportAsync(returned, cancellation);

    /// <summary>The notice; null when an access that it must tell of is not there.</summary>
    private async Task<byte[]?> WriteAsync(
        string id,
        OdsCode authority,
        IReadOnlyList<NotificationEvent> events,
        CancellationToken cancellation
    )
    {
        var read = await NotifiedAccesses.ReadAsync(occurrences, authority, events, cancellation).ConfigureAwait(false);
        var accesses = events
            .SelectMany(told => told.Occurrences)
            .Select(occurrence => read.Occurrences.GetValueOrDefault(occurrence))
            .ToList();
        if (accesses is not [{ Child: { } child }, ..] || accesses.Exists(access => access?.Child != child))
            return null;
        return AccessNotificationXml.Write(
            id,
            time.GetUtcNow(),
            authority,
            directory.Current.Find(authority)?.Name ?? authority.Value,
            [.. accesses.OfType<Occurrence>()],
            await FindLocalIdAsync(authority, child, cancellation).ConfigureAwait(false)
        );
    }

    /// <summary>The authority's own id of the child, by which its system finds the case.</summary>
    private async Task<string?> FindLocalIdAsync(OdsCode authority, NhsNumber child, CancellationToken cancellation)
    {
        var token = SearchTokens.Identifier("identifier", FhirSystems.NhsNumber, child.Digits);
        var found = await records
            .SearchAsync(
                new RecordQuery(RecordType.Patient, authority, [new Condition.AnyToken([token])]) { Count = 1 },
                cancellation
            )
            .ConfigureAwait(false);
        if (found.Items is not [var patient])
            return null;
        using var json = JsonDocument.Parse(patient.Body);
        var system = FhirSystems.LocalPersonId(authority);
        foreach (var identifier in json.RootElement.GetProperty("identifier").EnumerateArray())
            if (identifier.GetProperty("system").GetString() == system)
                return identifier.GetProperty("value").GetString();
        return null;
    }
}
