using System.Buffers.Binary;
using System.Text;

namespace MongoGateway.Wire;

/// <summary>OP_QUERY: what a driver greets with, before it knows that the server understands OP_MSG.</summary>
internal static class OpQuery
{
    public static Request Read(byte[] body, ClientState client)
    {
        var nameLength = body.AsSpan(4).IndexOf((byte)0);
        var database = Encoding.UTF8.GetString(body, 4, nameLength).Split('.')[0];
        var document = body.AsMemory(4 + nameLength + 1 + 8); // flags, name, how many to skip and to return
        return new Request(new RawDocument(document), database, null, client);
    }

    public static byte[] Reply(MessageHeader to, ReadOnlyMemory<byte> document)
    {
        const int Start = MessageHeader.Bytes + 20; // flags, cursor, where it starts, how many
        var reply = new byte[Start + document.Length];
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(MessageHeader.Bytes), 8); // AwaitCapable
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(Start - 4), 1);
        document.CopyTo(reply.AsMemory(Start));
        to.WriteReply(reply, MessageHeader.QueryReply);
        return reply;
    }
}
