using CpIs.Fhir.Storage.Tests.Contract;
using CpIs.Fhir.Testing.MongoDb;

namespace CpIs.Fhir.Storage.Tests.MongoDb;

public sealed class MongoCommits(MongoDatabase database) : CommitContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoSearches(MongoDatabase database) : SearchContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoOccurrences(MongoDatabase database) : OccurrenceContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoAttendances(MongoDatabase database) : AttendanceContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoRegistrations(MongoDatabase database) : RegistrationContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoNotifications(MongoDatabase database) : NotificationContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoRemovals(MongoDatabase database) : RemovalContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoLeases(MongoDatabase database) : LeaseContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoRetention(MongoDatabase database) : RetentionContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoUses(MongoDatabase database) : UseLedgerContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoStamps(MongoDatabase database) : StampContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}

public sealed class MongoUploadOrder(MongoDatabase database) : UploadOrderContract, IClassFixture<MongoDatabase>
{
    protected override async Task<IStoreUnderTest> OpenAsync(TimeProvider time) =>
        await MongoStoreUnderTest.OpenAsync(database, time);
}
