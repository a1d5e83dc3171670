using System.Buffers.Binary;

namespace MongoGateway.Wire;

/// <summary>OP_MSG: every command of a driver but its first.</summary>
internal static class OpMessage
{
    private const uint ChecksumPresent = 1;
    private const uint MoreToCome = 2;

    /// <summary>The request, and whether an answer is wanted (not for an unacknowledged write).</summary>
    public static (Request Request, bool AnswerWanted) Read(byte[] body, ClientState client)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(body);
        var end = body.Length - ((flags & ChecksumPresent) != 0 ? 4 : 0);
        RawDocument? command = null;
        ReadOnlyMemory<byte>? sequence = null;
        for (var at = 4; at < end; )
        {
            var kind = body[at++];
            var size = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(at));
            if (kind == 0)
                command = new RawDocument(body.AsMemory(at, size));
            else if (kind == 1)
                sequence = Documents(body.AsMemory(at, size));
            else
                throw new InvalidDataException($"section kind {kind}");
            at += size;
        }

        var found = command ?? throw new InvalidDataException("a message without a command");
        return (new Request(found, found.FindString("$db") ?? "admin", sequence, client), (flags & MoreToCome) == 0);
    }

    public static byte[] Reply(MessageHeader to, ReadOnlyMemory<byte> document)
    {
        const int Start = MessageHeader.Bytes + 5; // flags, and the kind of the one section
        var reply = new byte[Start + document.Length];
        document.CopyTo(reply.AsMemory(Start));
        to.WriteReply(reply, MessageHeader.Message);
        return reply;
    }

    /// <summary>The section is its size, the field's name (documents, updates, deletes), and the documents.</summary>
    private static ReadOnlyMemory<byte> Documents(ReadOnlyMemory<byte> section) =>
        section[(4 + section.Span[4..].IndexOf((byte)0) + 1)..];
}
