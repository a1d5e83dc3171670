using CpIs.Fhir.Core;
using CpIs.Fhir.Storage.MongoDb.Connections;
using CpIs.Fhir.Storage.MongoDb.Schemas;
using MongoDB.Driver;

namespace CpIs.Fhir.Storage.MongoDb.Transfer;

/// <summary>How the ends of a copy connect: like a server, but with the patience that whole collections ask for.</summary>
internal static class MongoOpening
{
    /// <summary>Longer than an engine takes to sort a collection, or to make the indexes of one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Connects, and makes ready what is to be used.</summary>
    /// <param name="options">Where.</param>
    /// <param name="prepare">Sees that the database can be used.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="StoreUnavailableException">Nobody answers, or what answers cannot be used; the message says what to do.</exception>
    public static async Task<(MongoClient Client, Collections Collections)> OpenAsync(
        MongoStoreOptions options,
        Func<Collections, Task> prepare,
        CancellationToken cancellation
    )
    {
        options.Validate();
        var client = Connection.Open(options with { WriteBudget = Patience }, adjust: null);
        try
        {
            var collections = new Collections(client.GetDatabase(options.Database));
            await Deployment.CheckAsync(collections.Database, cancellation);
            await prepare(collections);
            return (client, collections);
        }
        catch (Exception failure)
        {
            client.Dispose();
            if (StoreFailure.IsOfStore(failure) && !cancellation.IsCancellationRequested)
                throw new StoreUnavailableException(
                    $"MongoDB cannot be used: {StoreFailure.Of(failure).Message} See that the members named in the connection "
                        + "string run and can be reached, and that user and TLS settings are right."
                );
            throw;
        }
    }
}
