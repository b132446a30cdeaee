using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using SipAlg.Journal;

namespace SipAlg.Admin.Events;

/// <summary>How events are written (WHATWG HTML, server-sent events): lines of name and value, ended by an empty one.</summary>
internal static class ServerSent
{
    public const string ContentType = "text/event-stream";

    /// <summary>A comment, so that what stands between does not take the connection for idle.</summary>
    public static ReadOnlySpan<byte> KeepAlive => ": still here\n\n"u8;

    /// <param name="id">Null: it is not to be asked for again.</param>
    public static byte[] Frame<T>(string? id, string type, T body, JsonTypeInfo<T> shape)
    {
        var frame = new ArrayBufferWriter<byte>(512);
        frame.Write(Encoding.ASCII.GetBytes(id is null ? $"event: {type}\ndata: " : $"id: {id}\nevent: {type}\ndata: "));
        using (var writer = new Utf8JsonWriter(frame, CallJson.Writer))
        {
            // JSON has no line breaks of its own, and those in texts are escaped.
            JsonSerializer.Serialize(writer, body, shape);
        }

        frame.Write("\n\n"u8);
        return frame.WrittenSpan.ToArray();
    }
}
