using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Records;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.MongoDb.Notifications;
using CpIs.Fhir.Storage.MongoDb.Records;
using CpIs.Fhir.Storage.MongoDb.Schemas;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>Resources of a copy as documents: what a commit writes for version after version, without asking what is there.</summary>
internal sealed class IncomingResources(Collections collections, BulkInsert bulk, RecordProtection protection)
{
    public async Task WriteAsync(IReadOnlyList<PortableResource> resources, CancellationToken cancellation)
    {
        var current = resources.Select(r => ResourceDocument.Write(r.Current, protection)).ToList();
        await bulk.InsertAsync(
            collections.Claims,
            current.Where(document => document.Contains("i")).Select(ClaimDocument.Of),
            cancellation
        );
        await bulk.WriteAsync(
            collections.Owners,
            resources
                .Select(r => (r.Current.Type, r.Current.Authority))
                .Distinct()
                .Select(owner => OwnerDocument.ToUpsert(owner.Type, owner.Authority)),
            cancellation
        );
        await bulk.InsertAsync(
            collections.Versions,
            resources
                .SelectMany(r => r.Earlier)
                .Select(version => ResourceDocument.ToOldVersion(ResourceDocument.Write(version, protection))),
            cancellation
        );
        await bulk.InsertAsync(
            collections.Subscriptions,
            resources
                .Select(r => r.Current)
                .Where(r => r is { Type: RecordType.Subscription, Subscription: not null })
                .Select(r => SubscriptionStanding.Of(r).ToDocument(r.Id)),
            cancellation
        );
        await bulk.InsertAsync(collections.Resources, current, cancellation);
    }
}
