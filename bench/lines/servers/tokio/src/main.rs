//! tokio as its guide has it: a task per connection, `LinesCodec`; for fan-out, its broadcast channel.
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::{self, error::RecvError, Sender};
use tokio_util::codec::{Framed, LinesCodec};

type Line = (u16, String);

/// `forward` flushes when no more lines have been read.
async fn echo(stream: TcpStream) {
    let (sink, lines) = Framed::new(stream, LinesCodec::new_with_max_length(16384)).split();
    let _ = lines.forward(sink).await;
}

async fn publish(stream: TcpStream, everyone: Sender<Line>) {
    let Ok(me) = stream.peer_addr() else { return };
    let (mut sink, mut lines) = Framed::new(stream, LinesCodec::new_with_max_length(16384)).split();
    let mut heard = everyone.subscribe();
    tokio::spawn(async move {
        loop {
            match heard.recv().await {
                Ok((from, line)) if from != me.port() => {
                    if sink.send(line).await.is_err() {
                        return;
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_) | RecvError::Closed) => return,
            }
        }
    });
    while let Some(Ok(line)) = lines.next().await {
        let _ = everyone.send((me.port(), line));
    }
}

fn main() -> std::io::Result<()> {
    let is_fan = std::env::args().nth(1).as_deref() == Some("fan");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (everyone, _) = broadcast::channel(4096);
        println!("listening on {}", listener.local_addr()?.port());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            if is_fan {
                tokio::spawn(publish(stream, everyone.clone()));
            } else {
                tokio::spawn(echo(stream));
            }
        }
    })
}
