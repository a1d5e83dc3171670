using System.Buffers.Binary;
using MongoGateway.Sessions;

namespace MongoGateway.Wire;

/// <summary>One command of a client.</summary>
/// <param name="Command">The command document; its first element names it.</param>
/// <param name="Database">The database it is meant for.</param>
/// <param name="Sequence">The documents of an insert, update or delete when they came beside the command (OP_MSG, kind 1).</param>
/// <param name="Client">Whose command it is.</param>
internal sealed record Request(RawDocument Command, string Database, ReadOnlyMemory<byte>? Sequence, ClientState Client)
{
    public string Name { get; } = Command.First().Name;

    /// <summary>The collection that most commands name in their first element.</summary>
    public string Collection => Command.String(Command.First());

    public string Namespace => $"{Database}.{Collection}";

    /// <summary>The session's id in hexadecimal digits.</summary>
    public string? Session => Command.FindDocument("lsid") is { } id ? SessionId.Of(id) : null;

    public long? Number => Command.FindNumber("txnNumber");

    /// <summary>Whether the client thinks of it as part of a transaction.</summary>
    public bool IsTransactional => Command.FindBool("autocommit") == false;

    public bool EndsTransaction => Name is "commitTransaction" or "abortTransaction";

    /// <summary>The transaction it runs in, once entered.</summary>
    public Transaction? Transaction { get; set; }

    /// <summary>The turn that it holds in its session, once entered.</summary>
    public SemaphoreSlim? Turn { get; set; }

    /// <summary>Whether an insert, update or delete has more than one statement.</summary>
    public bool IsBulk
    {
        get
        {
            if (Sequence is { } sequence)
                return sequence.Length > BinaryPrimitives.ReadInt32LittleEndian(sequence.Span);
            var list =
                Command.FindDocument("documents") ?? Command.FindDocument("updates") ?? Command.FindDocument("deletes");
            return list?.Elements().Skip(1).Any() == true;
        }
    }

    /// <summary>Under this key the engine remembers the outcome of a retryable write; null for anything else.</summary>
    public string? RetryKey => !IsTransactional && Number is { } number && Session is { } id ? $"{id}:{number}" : null;
}
