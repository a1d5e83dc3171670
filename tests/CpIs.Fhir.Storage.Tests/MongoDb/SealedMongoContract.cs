using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

// The contract once more, of every port that keeps what could name somebody, on a store that is sealed.

public sealed class SealedMongoCommits(MongoDatabase database) : CommitContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoSearches(MongoDatabase database) : SearchContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoOccurrences(MongoDatabase database) : OccurrenceContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoAttendances(MongoDatabase database) : AttendanceContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoRegistrations(MongoDatabase database)
    : RegistrationContract,
        IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoNotifications(MongoDatabase database)
    : NotificationContract,
        IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoRemovals(MongoDatabase database) : RemovalContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoRetention(MongoDatabase database) : RetentionContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

public sealed class SealedMongoStamps(MongoDatabase database) : StampContract, IClassFixture<MongoDatabase>
{
    protected override Task<IStoreUnderTest> OpenAsync(TimeProvider time) => SealedMongo.OpenAsync(database, time);
}

internal static class SealedMongo
{
    private static readonly ProtectionKeys Keys = ProtectionKeys.Make("test");

    public static async Task<IStoreUnderTest> OpenAsync(MongoDatabase database, TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(
            database,
            time,
            options => options with { Protection = new SealedRecords(Keys) }
        );
}
