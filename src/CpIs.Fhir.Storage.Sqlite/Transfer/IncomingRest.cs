using CpIs.Fhir.Core.Callers;
using CpIs.Fhir.Core.Commits;
using CpIs.Fhir.Core.Keys;
using CpIs.Fhir.Core.Notifications;
using CpIs.Fhir.Core.Protection;
using CpIs.Fhir.Core.Transfer;
using CpIs.Fhir.Storage.Sqlite.Connections;

namespace CpIs.Fhir.Storage.Sqlite.Transfer;

/// <summary>Ledgers, registrations, keys, answers and one-time values of a copy as rows.</summary>
internal static class IncomingRest
{
    public static void Write(Connection connection, PortableRecord record, RecordProtection protection)
    {
        switch (record)
        {
            case PortableLedger ledger:
                Write(connection, ledger);
                break;
            case PortableRegistration registration:
                Write(connection, protection.Seal(registration.Registration));
                break;
            case PortableStamp stamp:
                Write(connection, stamp);
                break;
            case PortableKey key:
                Write(connection, protection.Seal(key.Key));
                break;
            case PortableAnswer answer:
                Write(connection, protection.Seal(answer.Answer));
                break;
            case PortableOneTimeValue used:
                Write(connection, used);
                break;
            case PortableRestore restore:
                Write(connection, restore);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(record));
        }
    }

    private static void Write(Connection connection, PortableLedger ledger)
    {
        // Where the resource of the Subscription is gone, nothing is numbered or sent any more.
        using var statement = connection.Prepare(
            """
            INSERT INTO subscription
                (id, authority, takes_events, max_count, last_number, fence, last_claim, next, failures, failing_since, last_error, apart,
                next_aside, last_taken, gaps)
            VALUES (?, ?, 0, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET last_number = excluded.last_number, fence = excluded.fence,
                last_claim = excluded.last_claim, next = excluded.next, failures = excluded.failures,
                failing_since = excluded.failing_since, last_error = excluded.last_error, apart = excluded.apart,
                next_aside = excluded.next_aside, last_taken = excluded.last_taken, gaps = excluded.gaps
            """
        );
        statement
            .Add(ledger.SubscriptionId)
            .Add(ledger.Authority.Value)
            .Add(ledger.LastNumber)
            .Add(ledger.Fence)
            .Add(ledger.Turn)
            .Add(ledger.Next?.ToUnixTimeMilliseconds())
            .Add(ledger.State.Failures)
            .Add(ledger.State.FailingSince?.ToUnixTimeMilliseconds())
            .Add(ledger.State.LastError)
            .Add(ApartEvents.Write(ledger.State.Apart))
            .Add(ledger.State.ApartOrNone.NextAside?.ToUnixTimeMilliseconds())
            .Add(ledger.LastTaken?.ToUnixTimeMilliseconds())
            .Add(NumberingGap.Write(ledger.Gaps ?? []))
            .Run();
    }

    private static void Write(Connection connection, PortableRestore restore)
    {
        using var statement = connection.Prepare("INSERT INTO restore (epoch, told) VALUES (?, ?)");
        statement.Add(restore.Epoch).Add(restore.Told.ToUnixTimeMilliseconds()).Run();
    }

    private static void Write(Connection connection, Registration registration)
    {
        using var statement = connection.Prepare("INSERT INTO registration (kind, id, json) VALUES (?, ?, ?)");
        statement.Add(registration.Kind).Add(registration.Id).Add(registration.Json.Span).Run();
    }

    private static void Write(Connection connection, PortableStamp stamp)
    {
        using var statement = connection.Prepare("UPDATE counter SET value = ? WHERE name = 'registrations'");
        statement.Add(stamp.Stamp).Run();
    }

    private static void Write(Connection connection, SigningKey key)
    {
        using var statement = connection.Prepare(
            "INSERT INTO signing_key (purpose, id, secret, created, retired) VALUES (?, ?, ?, ?, ?)"
        );
        statement
            .Add(key.Purpose)
            .Add(key.Id)
            .Add(key.Secret.Span)
            .Add(key.Created.ToUnixTimeMilliseconds())
            .Add(key.Retired?.ToUnixTimeMilliseconds())
            .Run();
    }

    private static void Write(Connection connection, IdempotentAnswer answer)
    {
        using var statement = connection.Prepare(
            "INSERT INTO answer (client, request, hash, status, body, location, expires) VALUES (?, ?, ?, ?, ?, ?, ?)"
        );
        statement
            .Add(answer.ClientId)
            .Add(answer.RequestId)
            .Add(answer.BodyHash.Span)
            .Add(answer.Status)
            .Add(answer.Body.Span)
            .Add(answer.Location)
            .Add(answer.Expires.ToUnixTimeMilliseconds())
            .Run();
    }

    private static void Write(Connection connection, PortableOneTimeValue used)
    {
        using var statement = connection.Prepare("INSERT INTO used_once (purpose, value, expires) VALUES (?, ?, ?)");
        statement.Add(used.Purpose).Add(used.Value).Add(used.Expires.ToUnixTimeMilliseconds()).Run();
    }
}
