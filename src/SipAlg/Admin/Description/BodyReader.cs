using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;

namespace SipAlg.Admin.Description;

/// <summary>Reads what a request brings.</summary>
internal static class BodyReader
{
    public static Answer Bad { get; } = Answer.Error(400, "The body is not the JSON that it should be; the message says why.");

    public static Answer NotJson { get; } = Answer.Error(415, "The body does not say that it is JSON.");

    /// <param name="without">What a request without a body means; null: it wants one.</param>
    /// <returns>Null: it cannot be read, and that is answered.</returns>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> shape, T? without = null)
        where T : class
    {
        if (without is not null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false })
        {
            return without;
        }

        if (!context.Request.HasJsonContentType())
        {
            await context.Response.ErrorAsync(415, "not_json", "Send JSON, and Content-Type: application/json.").ConfigureAwait(false);
            return null;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync(context.Request.Body, shape, context.RequestAborted).ConfigureAwait(false);
            if (body is not null)
            {
                return body;
            }

            await context.Response.ErrorAsync(400, "bad_body", "The body is null.").ConfigureAwait(false);
        }
        catch (JsonException fault)
        {
            await context.Response.ErrorAsync(400, "bad_body", BodyFault.Of(fault, shape)).ConfigureAwait(false);
        }

        return null;
    }
}
