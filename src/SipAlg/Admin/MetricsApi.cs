using SipAlg.Admin.Description;
using SipAlg.Metrics;

namespace SipAlg.Admin;

/// <summary><c>/metrics</c>.</summary>
internal sealed class MetricsApi(GatewayMetrics metrics)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", WriteAsync).Describe(new Operation("Metrics for Prometheus.")
    {
        Answers = [Answer.Of(200, "In its text format.", PrometheusWriter.ContentType)],
    });

    private async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = PrometheusWriter.ContentType;
        metrics.Write(context.Response.BodyWriter);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }
}
